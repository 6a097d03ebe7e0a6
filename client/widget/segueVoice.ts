import { html, LitElement, nothing, type PropertyDeclarations, unsafeCSS } from 'lit';
import type { CallState } from '../../shared/events.ts';
import type { Json, JsonObject } from '../../shared/json.ts';
import { type Language, pickLanguage } from '../../shared/language.ts';
import { LAUNCHER_STRINGS } from '../../shared/strings/ui/launcher.ts';
import type { CallStack, PublicEvents, StackHost } from '../contract.ts';
import { watchForCall } from '../session/otherPages.ts';
import { contextPatch, PageMemory } from '../session/pageMemory.ts';
import { runningCallKey } from '../session/runningCallKey.ts';
import { icon, MARK } from './icons.ts';
import launcherCss from './launcher.css?inline';
import { BAD_EVENT, UNREACHABLE } from './launcherErrors.ts';

const ACTIVE: readonly CallState[] = ['connecting', 'live', 'reconnecting'];
const DARK = '(prefers-color-scheme: dark)';

/**
 * `<segue-voice>`: the launcher. The call itself and its panel are loaded at the visitor's first sign of interest,
 * or by the first method that needs them.
 *
 * @tag segue-voice
 * @fires {CustomEvent<{state: CallState, reason?: EndReason}>} segue-state - The call's state has changed.
 * @fires {CustomEvent<Transcript>} segue-transcript - A line of either side; the same id tells it anew.
 * @fires {CustomEvent<{who: Speaker, active: boolean}>} segue-speech - Somebody begins or stops speaking.
 * @fires {CustomEvent<LanguageGuess>} segue-language - The language of the call has been recognised.
 * @fires {CustomEvent<WireError>} segue-error - Something failed; `code` is of the error catalogue.
 * @csspart launcher - The button that opens the call.
 * @csspart panel - The panel of the call.
 * @csspart transcript - The captions of both sides.
 * @csspart controls - Mute, level and hang up.
 * @csspart button - Every button.
 * @cssproperty --segue-accent - Colour of the launcher and of what is active.
 * @cssproperty --segue-surface - Background of the panel.
 * @cssproperty --segue-text - Colour of text.
 * @cssproperty --segue-radius - Corner radius of the panel.
 * @cssproperty --segue-font - Font family.
 */
export class SegueVoice extends LitElement {
  static override properties: PropertyDeclarations = {
    server: {},
    site: {},
    lang: {},
    theme: {},
    position: {},
    remember: {},
    bridge: { type: Boolean },
    noiseSuppression: { attribute: 'noise-suppression' },
    languageModel: { attribute: 'language-model' },
    languageModelUrl: { attribute: 'language-model-url' },
    identity: { attribute: false },
    context: { attribute: false, noAccessor: true },
  };

  static override styles = unsafeCSS(launcherCss);

  /** Base URL of the server; by default the origin of this script. */
  declare server: string;
  /** Key of the site. */
  declare site: string;
  /** `auto` or a BCP 47 tag. */
  declare lang: string;
  /** `auto` follows the visitor's system. */
  declare theme: 'auto' | 'light' | 'dark';
  /** In a corner of the window, or where the element stands. */
  declare position: 'bottom-right' | 'bottom-left' | 'inline';
  /**
   * How long the browser keeps a random id by which earlier calls are remembered: until its data is cleared, until the
   * tab is closed, or not at all.
   */
  declare remember: 'device' | 'session' | 'none';
  /** Whether a native app around the page hears of the call and may take part in it. */
  declare bridge: boolean;
  /** The browser's own, or RNNoise where the page allows WebAssembly. */
  declare noiseSuppression: 'browser' | 'rnnoise';
  /** What recognises the caller's language on the device: the small model, or Whisper where the page allows it. */
  declare languageModel: 'small' | 'whisper';
  /** Where the files of a Whisper model are, as `https://voice.example/models/whisper-tiny/`. */
  declare languageModelUrl: string;
  /** JWT signed by the customer's back end. */
  declare identity: string | undefined;

  readonly #memory = new PageMemory();
  readonly #dark = matchMedia(DARK);
  #state: CallState = 'idle';
  #stack: CallStack | null = null;
  #loading: Promise<CallStack> | null = null;
  #unreachable = false;
  #open = false;
  #closeBridge: (() => void) | null = null;
  #stopWatching: (() => void) | null = null;

  constructor() {
    super();
    this.server = new URL(import.meta.url).origin;
    this.site = 'demo';
    this.lang = 'auto';
    this.theme = 'auto';
    this.position = 'bottom-right';
    this.remember = 'device';
    this.bridge = false;
    this.noiseSuppression = 'browser';
    this.languageModel = 'small';
    this.languageModelUrl = '';
  }

  /** Facts that the page claims; setting replaces them all. */
  get context(): JsonObject {
    return this.#memory.context;
  }

  set context(facts: JsonObject) {
    const patch = contextPatch(this.#memory.context, facts ?? {});
    this.#memory.context = { ...facts };
    if (this.#stack && Object.keys(patch).length > 0) this.#quietly(this.#stack.updateContext(patch));
  }

  /** Where the call is. */
  get state(): CallState {
    return this.#state;
  }

  /** Id of the call while there is one and after it; null before. */
  get callId(): string | null {
    return this.#stack?.callId ?? null;
  }

  /** Opens the panel and calls. Resolves when the call is live; rejects with an error that has a `code`. */
  async call(): Promise<void> {
    this.#openPanel();
    if (this.#state === 'idle') this.#setState('connecting');
    await (await this.#load()).call();
  }

  /** Ends the call, or gives it up before it is answered. */
  async hangUp(): Promise<void> {
    // By then it is known whether the page before has left a call.
    if (this.isConnected) await this.updateComplete;
    await (await this.#loading)?.hangUp();
  }

  /** Mutes, unmutes, or without an argument changes over. Rejects with `CALL_NOT_STARTED` outside a voice call. */
  async mute(on?: boolean): Promise<void> {
    await (await this.#load()).mute(on);
  }

  /** Says it in writing; without a call, one in writing is started. */
  async sendText(text: string): Promise<void> {
    this.#openPanel();
    await (await this.#load()).sendText(text);
  }

  /** Merges facts; null forgets one. A live call is told at once. */
  async updateContext(patch: JsonObject): Promise<void> {
    this.#memory.merge(patch);
    await this.#stack?.updateContext(patch);
  }

  /** Tells an event of the page. The latest fifty are kept for the next call. */
  track(name: string, data: Json = null): void {
    if (this.#memory.track(name, data, performance.now())) this.#stack?.track();
    else this.#publish('segue-error', BAD_EVENT);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#dark.addEventListener('change', this.#onScheme);
    this.#quietly(this.updateComplete.then(() => this.#settle()));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#dark.removeEventListener('change', this.#onScheme);
    // Moved within the document: the call goes on. Removed: everything is let go of.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#stack?.close();
      this.#closeBridge?.();
      this.#closeBridge = null;
      this.#stopWatching?.();
      this.#stopWatching = null;
      this.#stack = null;
      this.#loading = null;
      this.#open = false;
      this.#state = 'idle';
    });
  }

  protected override render(): unknown {
    const words = LAUNCHER_STRINGS[this.#language];
    const active = ACTIVE.includes(this.#state);
    const shown = this.#open && this.#stack !== null;
    const glance = this.#stack?.glance;
    const label = this.#unreachable
      ? words.unreachable
      : this.#loading && !this.#stack && this.#open
        ? words.loading
        : active || this.#stack?.elsewhere
          ? words.return
          : words.talk;
    return html`<section
      class="root"
      lang=${this.#language}
      dir=${this.#language === 'ar' ? 'rtl' : 'ltr'}
      aria-label=${words.region}
      data-theme=${this.#theme}
      data-position=${this.position}
      data-open=${shown || nothing}
    >
      <button
        class="launcher"
        part="launcher button"
        type="button"
        aria-haspopup="dialog"
        aria-expanded=${shown}
        data-speaking=${(active && glance?.speaking) || nothing}
        ?hidden=${shown}
        @pointerenter=${this.#onIntent}
        @focus=${this.#onIntent}
        @touchstart=${{ handleEvent: this.#onIntent, passive: true }}
        @click=${this.#onLauncher}
      >
        ${icon(MARK)}<span>${label}</span>${active && glance?.elapsed ? html`<span class="time">${glance.elapsed}</span>` : nothing}
      </button>
      ${shown ? this.#stack?.render() : nothing}
    </section>`;
  }

  protected override updated(): void {
    this.#stack?.updated();
  }

  get #language(): Language {
    const wanted = this.lang && this.lang !== 'auto' ? [this.lang] : [];
    return pickLanguage([...wanted, document.documentElement.lang, ...navigator.languages]);
  }

  get #theme(): 'light' | 'dark' {
    if (this.theme === 'dark' || this.theme === 'light') return this.theme;
    return this.#dark.matches ? 'dark' : 'light';
  }

  readonly #onScheme = () => this.requestUpdate();

  readonly #onIntent = () => this.#quietly(this.#load());

  readonly #onLauncher = () => {
    this.#openPanel();
    // A call that was minimised is only shown again.
    if (!ACTIVE.includes(this.#state) && !this.#stack?.elsewhere) this.#quietly(this.call());
  };

  /** Once its attributes are known. */
  async #settle(): Promise<void> {
    this.#stopWatching ??= watchForCall(runningCallKey(this.#serverUrl, this.site), () =>
      this.#quietly(this.#load().then((stack) => stack.find())),
    );
    if (!this.bridge || this.#closeBridge) return;
    const { openBridge } = await import('../bridge/bridge.ts');
    if (this.isConnected)
      this.#closeBridge ??= openBridge(this, (active) => this.#stack?.interrupted(active));
  }

  #openPanel(focus = true): void {
    if (this.#open) return;
    this.#open = true;
    this.requestUpdate();
    if (focus) this.#quietly(this.updateComplete.then(() => this.#stack?.focus()));
  }

  #minimisePanel(focus = true): void {
    this.#open = false;
    this.requestUpdate();
    if (focus)
      this.#quietly(
        this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.launcher')?.focus()),
      );
  }

  #load(): Promise<CallStack> {
    this.#loading ??= this.#loadStack();
    return this.#loading;
  }

  async #loadStack(): Promise<CallStack> {
    this.requestUpdate();
    try {
      const { createCallStack } = await import('../callStack.ts');
      const stack = await createCallStack(this.#host());
      if (!this.isConnected) {
        stack.close();
        throw new Error('The element was removed.');
      }
      this.#stack = stack;
      this.#unreachable = false;
      this.requestUpdate();
      if (this.#open) this.#quietly(this.updateComplete.then(() => stack.focus()));
      return stack;
    } catch (cause) {
      this.#loading = null;
      this.#unreachable = this.#open;
      this.#open = false;
      if (this.#unreachable) this.#publish('segue-error', UNREACHABLE);
      if (this.#state === 'connecting') this.#setState('failed');
      this.requestUpdate();
      throw Object.assign(new Error(UNREACHABLE.message, { cause }), UNREACHABLE);
    }
  }

  get #serverUrl(): string {
    return new URL(this.server, location.href).href.replace(/\/$/, '');
  }

  #host(): StackHost {
    const element = this;
    return {
      get serverUrl() {
        return element.#serverUrl;
      },
      get site() {
        return element.site;
      },
      get lang() {
        return element.lang || 'auto';
      },
      get identity() {
        return element.identity || undefined;
      },
      get remember() {
        return element.remember;
      },
      hearing: () => element,
      get context() {
        return element.#memory.context;
      },
      get pageEvents() {
        return element.#memory.events;
      },
      get language() {
        return element.#language;
      },
      get panelOpen() {
        return element.#open;
      },
      shadow: this.renderRoot as ShadowRoot,
      openPanel: (focus) => this.#openPanel(focus),
      minimisePanel: (focus) => this.#minimisePanel(focus),
      publish: (name, detail) => this.#publish(name, detail),
      requestUpdate: () => this.requestUpdate(),
    };
  }

  #setState(state: CallState): void {
    this.#publish('segue-state', { state });
  }

  #publish<Name extends keyof PublicEvents>(name: Name, detail: PublicEvents[Name]): void {
    if (name === 'segue-state') {
      const { state } = detail as PublicEvents['segue-state'];
      if (state === this.#state) return;
      this.#state = state;
      this.requestUpdate();
    }
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** For promises whose failure is told by `segue-error` and shown in the panel. */
  #quietly(promise: Promise<unknown>): void {
    promise.catch(() => {});
  }
}
