import { html, nothing, type TemplateResult } from 'lit';
import { systemClock } from '../../shared/clock.ts';
import type { UiStrings } from '../../shared/strings/ui/load.ts';
import type { CallFlow } from '../call/callFlow.ts';
import { type CallModel, isActive } from '../call/callModel.ts';
import type { StackHost } from '../contract.ts';
import { icon } from '../widget/icons.ts';
import { announcement } from './announcement.ts';
import { announcements, captions, isAtEnd } from './captions.ts';
import { composer, sendProblem } from './composer.ts';
import { controls } from './controls.ts';
import { elapsedText } from './elapsed.ts';
import { asking, connecting, explanation } from './explanation.ts';
import { goingOn } from './goingOn.ts';
import { header } from './header.ts';
import { SOUND } from './icons.ts';
import { inLine } from './inLine.ts';
import { LiveRegion } from './liveRegion.ts';
import { note } from './note.ts';
import { inputOffer, isKeypadOpen } from './offer.ts';
import { outcome } from './outcome.ts';
import { adoptPanelStyles } from './panelStyles.ts';
import { type PanelActions, type PanelState, type Scene, type Words, wordsOf } from './scene.ts';

const HINT_MS = 4000;
const QUIET_LEVEL = 0.2;
const LEVEL_STEPS = 20;
const FRESH: PanelState = {
  draft: '',
  digits: null,
  sendFailed: false,
  mutedHint: false,
  line: null,
  atEnd: true,
};

/** The panel of one element: draws the call's model and what the visitor is typing. */
export class Panel {
  onHear: () => void = () => {};
  onTake: () => void = () => {};
  readonly #host: StackHost;
  readonly #flow: CallFlow;
  readonly #words: Words;
  readonly #act: PanelActions;
  readonly #read: LiveRegion;
  readonly #stillness = matchMedia('(prefers-reduced-motion: reduce)');
  #local: PanelState = FRESH;
  #hintTimer: ReturnType<typeof setTimeout> | undefined;
  #hadFocus = false;
  #focusComposer = false;

  constructor(host: StackHost, flow: CallFlow, strings: UiStrings) {
    this.#host = host;
    this.#flow = flow;
    this.#words = wordsOf(strings);
    this.#act = this.#actions();
    this.#read = new LiveRegion(systemClock, () => host.requestUpdate());
    adoptPanelStyles(host.shadow);
  }

  render(): TemplateResult {
    const { model } = this.#flow;
    this.#hadFocus = this.#hasFocus;
    // Looked at now and not at the last scroll event: a line may come between a scroll and its event.
    const atEnd = isAtEnd(this.#find('.captions'));
    if (atEnd !== this.#local.atEnd) this.#local = { ...this.#local, atEnd };
    const scene: Scene = {
      model,
      elapsed: elapsedText(model, performance.now()),
      words: this.#words,
      local: this.#local,
      act: this.#act,
    };
    return html`<div
      class="panel"
      part="panel"
      role="dialog"
      aria-labelledby="title"
      tabindex="-1"
      @keydown=${this.#onKey}
    >
      ${header(scene)} ${this.#body(scene)}
      <p class="unseen" role="status">${
        this.#read.ready ? announcement(model, this.#local, this.#words) : nothing
      }</p>
      ${announcements(scene)}
    </div>`;
  }

  modelChanged(after: CallModel, before: CallModel): void {
    if (before.state !== after.state && after.state === 'connecting') {
      this.#local = { ...FRESH, draft: this.#local.draft };
    }
    if (isActive(before.state) && !isActive(after.state) && after.unsent.length > 0) {
      this.#giveBack(after.unsent.map(({ text }) => text).join(' '));
    }
    if (before.offer !== after.offer) {
      this.#local = { ...this.#local, digits: after.offer?.kinds.includes('keys') ? '' : null };
    }
    // Somebody who writes wants the field, once there is one.
    const writing = after.state === 'live' && before.state === 'connecting' && after.mode === 'writing';
    if (writing && this.#hasFocus && !this.#compact) this.#focusComposer = true;
    if (!after.muted) this.#local = { ...this.#local, mutedHint: false };
  }

  /** Level of the microphone, 0…1. */
  showLevel(level: number, speaking: boolean): void {
    const { muted } = this.#flow.model;
    const meter = this.#find('.level');
    meter?.toggleAttribute('data-speaking', speaking && !muted);
    if (!meter || this.#stillness.matches) return;
    // In steps, and nothing for a quiet room: what does not change is not drawn.
    const shown =
      muted || level < QUIET_LEVEL ? '0' : (Math.round(level * LEVEL_STEPS) / LEVEL_STEPS).toFixed(2);
    if (meter.style.getPropertyValue('--level') !== shown) meter.style.setProperty('--level', shown);
  }

  focus(): void {
    const first = this.#find('.primary:not([hidden])') ?? this.#find('.composer input');
    (this.#compact && first?.matches('input')
      ? this.#find('.panel')
      : (first ?? this.#find('.panel'))
    )?.focus();
  }

  updated(): void {
    this.#read.rendered(this.#find('.panel') !== null);
    if (this.#focusComposer) this.#find('.composer input')?.focus();
    this.#focusComposer = false;
    // What goes takes the focus with it: it stays in the panel.
    if (this.#hadFocus && !this.#hasFocus) this.focus();
    if (this.#local.atEnd) this.#scrollToEnd();
  }

  close(): void {
    this.#read.close();
    clearTimeout(this.#hintTimer);
  }

  #body(scene: Scene): TemplateResult {
    const { model, words } = scene;
    if (model.state === 'idle' && !model.elsewhere) return html``;
    if (model.awaitsTap || model.elsewhere) return html`${goingOn(scene)} ${captions(scene)}`;
    if (model.state === 'connecting') {
      if (model.place) return inLine(model.place, scene);
      if (model.microphone === 'explain') return explanation(scene);
      return model.microphone === 'ask' ? asking(scene) : connecting(scene);
    }
    const active = isActive(model.state);
    return html`
      ${note(scene)}
      ${active || model.lines.length > 0 ? captions(scene) : nothing}
      ${
        active
          ? html`<div class="footer">
            ${
              model.audioBlocked
                ? html`<button class="primary" part="button" type="button" @click=${this.#act.hear}>
                  ${icon(SOUND)}${words('audio.blocked')}
                </button>`
                : nothing
            }
            ${inputOffer(scene)}
            ${sendProblem(scene)} ${isKeypadOpen(scene) ? nothing : composer(scene)} ${controls(scene)}
          </div>`
          : outcome(scene)
      }
    `;
  }

  #actions(): PanelActions {
    const flow = this.#flow;
    // Failures of these are in the model, or shown beside the field.
    const quietly = (promise: Promise<unknown>) => void promise.catch(() => {});
    return {
      minimise: () => this.#host.minimisePanel(),
      again: () => quietly(flow.start('voice')),
      giveUpVoice: () => {
        if (isActive(flow.model.state)) flow.answerExplanation(false);
        else quietly(flow.start('writing'));
      },
      callBack: () => {
        flow.answerExplanation(false);
        quietly(flow.sendText(this.#words('offer.callBackSaid')));
      },
      accept: () => flow.answerExplanation(true),
      hangUp: () => quietly(flow.hangUp()),
      mute: () => quietly(flow.mute(!flow.model.muted)),
      talkAgain: () => quietly(flow.talkAgain()),
      hear: () => this.onHear(),
      goOn: () => flow.goOn(),
      take: () => this.onTake(),
      send: (text) => quietly(this.#send(text)),
      set: (change) => this.#set(change),
      write: () => {
        this.#set({ digits: null });
        this.#focusComposer = true;
      },
      scrollToEnd: () => {
        this.#scrollToEnd();
        this.#set({ atEnd: true });
        this.#find('.captions')?.focus();
      },
    };
  }

  async #send(text: string): Promise<void> {
    if (!text.trim()) return;
    const { draft } = this.#local;
    const fromField = text === draft;
    if (fromField) this.#set({ draft: '', sendFailed: false });
    try {
      await this.#flow.sendText(text);
      this.#scrollToEnd();
      this.#set({ digits: null, sendFailed: false });
    } catch (error) {
      const { state } = this.#flow.model;
      // A call that is over has given it back already; one that was left goes on with it elsewhere.
      if (isActive(state)) this.#giveBack(fromField ? draft : '');
      throw error;
    }
  }

  /** What was not sent comes before what has been begun since. */
  #giveBack(text: string): void {
    const draft = [text, this.#local.draft].filter(Boolean).join(' ');
    this.#set({ draft, sendFailed: true });
  }

  #set(change: Partial<PanelState>): void {
    this.#local = { ...this.#local, ...change };
    this.#host.requestUpdate();
  }

  /** What the captions say of the line. */
  showLine(line: PanelState['line']): void {
    this.#set({ line });
  }

  /** The caller speaks into a microphone that is muted. */
  hintMuted(): void {
    if (!this.#flow.model.muted || this.#local.mutedHint) return;
    this.#set({ mutedHint: true });
    clearTimeout(this.#hintTimer);
    this.#hintTimer = setTimeout(() => this.#set({ mutedHint: false }), HINT_MS);
  }

  readonly #onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.stopPropagation();
    this.#host.minimisePanel();
  };

  get #hasFocus(): boolean {
    const { activeElement } = this.#host.shadow;
    return activeElement !== null && this.#find('.panel')?.contains(activeElement) === true;
  }

  /** On a phone the field is not focused unasked: the on-screen keyboard would cover the captions. */
  get #compact(): boolean {
    return matchMedia('(pointer: coarse)').matches;
  }

  #scrollToEnd(): void {
    const box = this.#find('.captions');
    if (box) box.scrollTop = box.scrollHeight;
  }

  #find(selector: string): HTMLElement | null {
    return this.#host.shadow.querySelector(selector);
  }
}
