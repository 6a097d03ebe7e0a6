import { SegueError } from '../../shared/errors.ts';

export type OriginRules = { key: string; origins: readonly string[] };

/** Which origins may use which site. A client that sends no Origin is no browser and needs none. */
export class Origins {
  readonly #bySite: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #all: ReadonlySet<string>;

  constructor(sites: readonly OriginRules[]) {
    this.#bySite = new Map(sites.map(({ key, origins }) => [key, new Set(origins)]));
    this.#all = new Set(sites.flatMap(({ origins }) => origins));
  }

  /** Whether any site allows it: all that a CORS preflight can be asked. */
  allowsSomewhere(origin: string | undefined): boolean {
    return origin === undefined || this.#all.has(origin);
  }

  /** Throws ORIGIN_NOT_ALLOWED. */
  check(siteKey: string, origin: string | undefined): void {
    if (origin !== undefined && !this.#bySite.get(siteKey)?.has(origin)) {
      throw new SegueError('ORIGIN_NOT_ALLOWED');
    }
  }
}
