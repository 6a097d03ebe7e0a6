import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { CallState, Transcript } from '../../shared/events.ts';
import { Heard } from './heard.ts';
import { type Note, type VisitorWindow, visitorScript } from './visitorScript.ts';

const EVENTS = ['segue-state', 'segue-transcript', 'segue-speech', 'segue-error'];
const POLL_MS = 20;

type Element = HTMLElement & {
  state: CallState;
  callId: string | null;
  call(): Promise<void>;
  hangUp(): Promise<void>;
  sendText(text: string): Promise<void>;
};

export type Told = { name: string; detail: Record<string, unknown>; atMs: number; page: Page };

/** A visitor of the shop in a real browser: speaks, writes, listens. Its memory outlives its pages. */
export class Visitor {
  readonly context: BrowserContext;
  /** All pages' ears together: one visitor hears them all. */
  readonly heard = new Heard();
  readonly told: Told[] = [];
  /** What the pages' policies have refused; must stay empty. */
  readonly violations: string[] = [];
  #page: Page;

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.#page = page;
  }

  static async open(browser: Browser, url: string): Promise<Visitor> {
    const context = await browser.newContext();
    await context.grantPermissions(['microphone'], { origin: new URL(url).origin });
    const notes: { note: Note; page: Page }[] = [];
    let take = (note: Note, page: Page): void => void notes.push({ note, page });
    await context.exposeBinding('segueNote', ({ page }, note: Note) => take(note, page));
    await context.addInitScript(visitorScript, EVENTS);
    const visitor = new Visitor(context, await context.newPage());
    take = (note, page) => visitor.#take(note, page);
    for (const { note, page } of notes) take(note, page);
    visitor.#watch(visitor.#page);
    await visitor.goto(url);
    return visitor;
  }

  /** The page that is meant by all that follows. */
  get page(): Page {
    return this.#page;
  }

  async goto(url: string): Promise<void> {
    await this.#page.goto(url);
    await this.#page.waitForFunction(() => customElements.get('segue-voice') !== undefined);
  }

  /** Another tab; it becomes the page that is meant. */
  async openTab(url: string): Promise<Page> {
    this.#page = await this.context.newPage();
    this.#watch(this.#page);
    await this.goto(url);
    return this.#page;
  }

  turnTo(page: Page): void {
    this.#page = page;
  }

  /** The tab's sound is cut off with it. */
  soundCut(): void {
    this.heard.end(Date.now());
  }

  async call(): Promise<void> {
    await this.#element((element) => element.call());
  }

  async hangUp(): Promise<void> {
    await this.#element((element) => element.hangUp()).catch(() => {});
  }

  state(): Promise<CallState> {
    return this.#element((element) => element.state);
  }

  callId(): Promise<string | null> {
    return this.#element((element) => element.callId);
  }

  /** Whether the server has acknowledged it; false too when the page went away meanwhile. */
  async write(text: string): Promise<boolean> {
    try {
      await this.#page.evaluate(
        (words) => (document.querySelector('segue-voice') as Element).sendText(words),
        text,
      );
      return true;
    } catch {
      return false;
    }
  }

  /** Resolves when it has been said. */
  async speak(pcm16k: Float32Array): Promise<void> {
    const base64 = Buffer.from(pcm16k.buffer, pcm16k.byteOffset, pcm16k.byteLength).toString('base64');
    await this.#page.evaluate(
      (samples) => (window as unknown as VisitorWindow).segueSpeak(samples, 16_000),
      base64,
    );
  }

  /** Every line as often as it was told. */
  lines(): Transcript[] {
    return this.told
      .filter(({ name }) => name === 'segue-transcript')
      .map(({ detail }) => detail as unknown as Transcript);
  }

  /** Lines that were told for the first time since a moment, as often as they were told. */
  linesSince(sinceMs: number): Transcript[] {
    const known = new Set<unknown>();
    for (const { name, detail, atMs } of this.told) {
      if (name === 'segue-transcript' && atMs < sinceMs) known.add(detail.id);
    }
    return this.lines().filter(({ id }) => !known.has(id));
  }

  /** Each line as it was told last. */
  transcript(): Transcript[] {
    return [...new Map(this.lines().map((line) => [line.id, line])).values()];
  }

  /** When a state was told first since a moment; null if it was not. */
  stateSince(state: CallState, sinceMs: number): number | null {
    const found = this.told.find(
      ({ name, detail, atMs }) => name === 'segue-state' && detail.state === state && atMs >= sinceMs,
    );
    return found?.atMs ?? null;
  }

  /** Resolves with what `probe` answers as soon as it is not null; rejects after `limitMs` naming `what`. */
  async until<Value>(
    probe: () => Value | null | Promise<Value | null>,
    limitMs: number,
    what: string,
  ): Promise<Value> {
    const untilMs = performance.now() + limitMs;
    for (;;) {
      const value = await probe();
      if (value !== null) return value;
      if (performance.now() > untilMs) throw new Error(`${what} did not come within ${limitMs / 1000} s`);
      await pause(POLL_MS);
    }
  }

  untilState(state: CallState, limitMs: number): Promise<true> {
    return this.until(
      async () => ((await this.state().catch(() => null)) === state ? true : null),
      limitMs,
      `“${state}”`,
    );
  }

  /** When an error was told first since a moment; null if it was not. */
  errorSince(code: string, sinceMs: number): number | null {
    const found = this.told.find(
      ({ name, detail, atMs }) => name === 'segue-error' && detail.code === code && atMs >= sinceMs,
    );
    return found?.atMs ?? null;
  }

  /** Asks for the voice again, in a call that went on in writing. */
  async talkAgain(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Try talking again' }).click();
    await this.#page.getByRole('button', { name: 'Mute', exact: true }).waitFor();
  }

  /** Silence for a moment after something was said. */
  async untilQuiet(limitMs: number, forMs = 900): Promise<void> {
    await this.until(
      () => {
        const { last } = this.heard;
        return last && last.toMs !== null && Date.now() - last.toMs >= forMs ? true : null;
      },
      limitMs,
      'silence',
    );
  }

  async close(): Promise<void> {
    await this.context.close();
  }

  #watch(page: Page): void {
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) this.violations.push(message.text());
    });
  }

  #take(note: Note, page: Page): void {
    if (note.kind === 'sound') this.heard.begin(note.fromMs, note.ear);
    else if (note.kind === 'quiet') this.heard.end(note.toMs, note.ear);
    else this.told.push({ ...note, page });
  }

  #element<Value>(use: (element: Element) => Value | Promise<Value>): Promise<Value> {
    return this.#page
      .locator('segue-voice')
      .evaluate(use as (element: unknown) => Value | Promise<Value>, undefined, {
        timeout: 10_000,
      });
  }
}
