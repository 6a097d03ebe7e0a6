import type { SessionRequest } from '../../shared/events.ts';
import type { Json, JsonObject } from '../../shared/json.ts';
import type { CallHoldings } from './callHoldings.ts';

/** A page that claims nothing at first may do so when its own scripts have run. */
const CLAIMS_WAIT_MS = 500;
const LOADED_LIMIT_MS = 3_000;

export type PageReportsParts = {
  holdings: () => CallHoldings | null;
  sessionRequest: () => SessionRequest;
};

/** What the page tells a call that is on; before and after, the session request carries it. */
export class PageReports {
  readonly #parts: PageReportsParts;

  constructor(parts: PageReportsParts) {
    this.#parts = parts;
  }

  updateContext(patch: JsonObject): Promise<void> {
    return this.#tell('context.update', { patch });
  }

  track(name: string, data: Json): Promise<void> {
    return this.#tell('page.event', { name, data });
  }

  viewPage(): Promise<void> {
    return this.#tell('page.view', this.#parts.sessionRequest().page);
  }

  /** All that this page shows and claims, in place of what the page before did, and what has happened on it so far. */
  async replace(): Promise<void> {
    const { events } = this.#parts.sessionRequest();
    await loaded();
    if (Object.keys(this.#parts.sessionRequest().context).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, CLAIMS_WAIT_MS));
    }
    const { page, context } = this.#parts.sessionRequest();
    await this.#tell('context.replace', { page, context });
    for (const { name, data } of events) await this.track(name, data);
  }

  /** Waits for the call to have begun; nothing is told when there is none. */
  async #tell(
    ...[name, request]:
      | ['context.update', { patch: JsonObject }]
      | ['context.replace', Pick<SessionRequest, 'page' | 'context'>]
      | ['page.event', { name: string; data: Json }]
      | ['page.view', SessionRequest['page']]
  ): Promise<void> {
    const holdings = this.#parts.holdings();
    if (!holdings) return;
    await holdings.begun;
    if (!holdings.released) await holdings.line.request(name, request as never);
  }
}

function loaded(): Promise<void> {
  if (document.readyState === 'complete') return Promise.resolve();
  return new Promise((resolve) => {
    window.addEventListener('load', () => resolve(), { once: true });
    setTimeout(resolve, LOADED_LIMIT_MS);
  });
}
