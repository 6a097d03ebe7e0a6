import type { ClientToServer, SessionRequest } from '../../shared/events.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { PageEventDraft } from '../contract.ts';
import { randomId } from '../session/randomId.ts';
import { CallError } from './callError.ts';
import type { CallHoldings } from './callHoldings.ts';

/** A page that claims nothing at first may do so when its own scripts have run. */
const CLAIMS_WAIT_MS = 500;
const LOADED_LIMIT_MS = 3_000;

export type PageReportsParts = {
  holdings: () => CallHoldings | null;
  sessionRequest: () => SessionRequest;
  /** What has happened on the page; each is the same object whenever it is asked for. */
  pageEvents: () => readonly PageEventDraft[];
};

/** What the page tells a call that is on; before and after, the session request carries it. */
export class PageReports {
  readonly #parts: PageReportsParts;
  /** The session that knows of an event: a page that has the call again tells only what is new to it. */
  readonly #told = new WeakMap<PageEventDraft, string>();
  /** The server knows one by it that comes again because its answer was lost. */
  readonly #ids = new WeakMap<PageEventDraft, string>();
  /** The page is being told as a whole: what comes meanwhile waits, lest it be taken for the page before's. */
  #replacing: Promise<void> = Promise.resolve();
  /** Something may have been lost with the line. */
  #stale = false;

  constructor(parts: PageReportsParts) {
    this.#parts = parts;
  }

  /** The session has begun with these. */
  carried(events: readonly PageEventDraft[], sessionId: string): void {
    for (const event of events) this.#told.set(event, sessionId);
  }

  async updateContext(patch: JsonObject): Promise<void> {
    const call = await this.#afterPage();
    if (!call) return;
    // As it is by now: what was waited for may have told something newer.
    const { context } = this.#parts.sessionRequest();
    const now = Object.keys(patch).map((name) => [name, context[name] ?? null]);
    await this.#request(call, 'context.update', { patch: Object.fromEntries(now) });
  }

  /** Something has happened on the page. */
  async track(): Promise<void> {
    const call = await this.#afterPage();
    if (call) await this.#tellEvents(call);
  }

  async viewPage(): Promise<void> {
    const call = await this.#afterPage();
    if (call) await this.#request(call, 'page.view', this.#parts.sessionRequest().page);
  }

  /**
   * All that this page shows and claims, in place of what the page before did, and what the call does not know yet: once
   * the call is `ready` for it.
   */
  replace(ready: Promise<unknown> = Promise.resolve()): Promise<void> {
    const replaced = ready.then(
      () => this.#replace(),
      () => {},
    );
    this.#replacing = replaced.catch(() => {});
    return replaced;
  }

  /** The line is back: what was told while it was not is told again. */
  async catchUp(): Promise<void> {
    if (this.#stale) await this.replace();
  }

  async #replace(): Promise<void> {
    await loaded();
    if (Object.keys(this.#parts.sessionRequest().context).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, CLAIMS_WAIT_MS));
    }
    const call = await this.#begun();
    if (!call) return;
    this.#stale = false;
    const { page, context } = this.#parts.sessionRequest();
    await this.#request(call, 'context.replace', { page, context });
    await this.#tellEvents(call);
  }

  async #tellEvents(call: CallHoldings): Promise<void> {
    const sessionId = call.ticket?.sessionId ?? '';
    let refused: unknown = null;
    for (const event of this.#parts.pageEvents()) {
      if (call.released) return;
      if (this.#told.get(event) === sessionId) continue;
      this.#told.set(event, sessionId);
      try {
        const { name, data } = event;
        await this.#request(call, 'page.event', { name, data, id: this.#idOf(event) });
      } catch (error) {
        if (isLost(error)) {
          this.#told.delete(event);
          throw error;
        }
        refused = error;
      }
    }
    if (refused) throw refused;
  }

  #idOf(event: PageEventDraft): string {
    const id = this.#ids.get(event) ?? randomId();
    this.#ids.set(event, id);
    return id;
  }

  async #afterPage(): Promise<CallHoldings | null> {
    const call = await this.#begun();
    await this.#replacing;
    return call && !call.released ? call : null;
  }

  /** The call, once it has begun; null when there is none. */
  async #begun(): Promise<CallHoldings | null> {
    const holdings = this.#parts.holdings();
    await holdings?.begun;
    return holdings && !holdings.released ? holdings : null;
  }

  async #request<Name extends 'context.update' | 'context.replace' | 'page.event' | 'page.view'>(
    call: CallHoldings,
    name: Name,
    request: Parameters<ClientToServer[Name]>[0],
  ): Promise<void> {
    try {
      await call.line.request(name, request);
    } catch (error) {
      if (isLost(error)) this.#stale = true;
      throw error;
    }
  }
}

const isLost = (error: unknown): boolean => CallError.from(error).code === 'NETWORK_UNREACHABLE';

function loaded(): Promise<void> {
  if (document.readyState === 'complete') return Promise.resolve();
  return new Promise((resolve) => {
    window.addEventListener('load', () => resolve(), { once: true });
    setTimeout(resolve, LOADED_LIMIT_MS);
  });
}
