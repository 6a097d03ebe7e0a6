import type { Json } from './json.ts';

/**
 * Who says so: `signed` (identity token, or a connector keyed by it), `page` (the browser), `caller` (said in the
 * call), `inferred`. Private reads and changes of state need `signed` facts.
 */
export type FactSource = 'signed' | 'page' | 'caller' | 'inferred';

export type Fact = {
  value: Json;
  source: FactSource;
  /** Milliseconds since the Unix epoch. */
  observedAt: number;
};

/** Facts by name, e.g. `page.url`, `customer.name`, `orders`, `return`. */
export type Facts = { readonly [name: string]: Fact };

/** A page event told by `track()`. */
export type PageEvent = { name: string; data: Json; observedAt: number };
