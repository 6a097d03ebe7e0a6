import type { Clock, TimerHandle } from '../../shared/clock.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { Sounding } from '../speech/speechQueue.ts';
import type { Spotted } from '../speech/stt.ts';
import type { Expectation } from '../turns/expectation.ts';
import { HintTrust } from '../turns/hintTrust.ts';
import { judgeOverlap, type Verdict } from '../turns/interruption.ts';
import type { Speaking } from './speaking.ts';

export type OverlapEvents = {
  /** The caller means it. `stopMs`: from their first sound to silence; `decidedMs`: until it was decided. */
  interrupt: [{ reason: string; stopMs: number; decidedMs: number }];
  /** It was nothing; `heldMs`: how long the assistant was kept silent. */
  drop: [{ reason: string; heldMs: number }];
};

type Mouth = Pick<Speaking, 'hold' | 'release' | 'sounding'>;

export type OverlapParts = {
  clock: Clock;
  speaking: Mouth;
  language: string;
  expectation: () => Expectation;
};

const TICK_MS = 50;
/** A recogniser that takes longer to answer has no words to tell. */
const ANSWER_LIMIT_MS = 1_000;
/** By then it is decided, whatever is known. */
const DECISION_LIMIT_MS = 3_000;
/** So soon the server hears what the device has heard before it. */
const AGREE_MS = 250;
/** So many false alarms in a row, and the assistant is only turned down until it is sure. */
const FALSE_ALARMS = 3;
/** What is known beside the text when all of it is recognised. */
export type Recognised = {
  alternatives: readonly string[];
  /** Readings as short phrases, segment by segment; null where the recogniser does not tell. */
  spotted: readonly (readonly Spotted[])[] | null;
};
export const NOT_YET: Recognised = { alternatives: [], spotted: null };
const NOTHING: Sounding = { text: '', remainingMs: 0 };

type Running = {
  startMs: number;
  foundMs: number;
  silent: boolean;
  endedMs: number | null;
  settled: boolean;
};

/** Follows what the caller says over the assistant, who is silent from the first sign of it until it is decided. */
export class OverlapWatch extends Emitter<OverlapEvents> {
  readonly #clock: Clock;
  readonly #speaking: Mouth;
  readonly #language: string;
  readonly #expectation: () => Expectation;
  #running: Running | null = null;
  #timer: TimerHandle | null = null;
  #text = '';
  #recognised: Recognised = NOT_YET;
  #sounding = NOTHING;
  /** What became of the overlaps of the caller's running turn. */
  #outcome: 'interrupt' | 'drop' | null = null;
  #falseAlarms = 0;
  readonly #trust = new HintTrust();
  /** Silent since then because the device says so; the server has heard nothing yet. */
  #hintedMs: number | null = null;
  #doubt: TimerHandle | null = null;
  /** Unheard since then at the first sign of speech. */
  #hushedMs: number | null = null;

  constructor(parts: OverlapParts) {
    super();
    this.#clock = parts.clock;
    this.#speaking = parts.speaking;
    this.#language = parts.language;
    this.#expectation = parts.expectation;
  }

  /** Whether it is still to be decided if the caller means it. */
  get open(): boolean {
    return this.#running !== null;
  }

  /** The device hears the caller begin or end: a reason to be silent for a moment, until the server hears it, too. */
  hinted(active: boolean): void {
    if (!active && this.#hintedMs !== null) this.#contradict();
    if (!active || this.#running || this.#hintedMs !== null) return;
    const nowMs = this.#clock.nowMs();
    const sounds = this.#speaking.sounding() !== null;
    if (!sounds || this.#falseAlarms >= FALSE_ALARMS || !this.#trust.believes(nowMs)) return;
    this.#hintedMs = nowMs;
    this.#speaking.hold('silent');
    this.#doubt = this.#clock.after(AGREE_MS, () => this.#contradict());
  }

  /** Perhaps the caller begins: what follows shortly decides. */
  suspect(): void {
    if (this.#running || this.#hintedMs !== null || this.#falseAlarms >= FALSE_ALARMS) return;
    this.#hushedMs ??= this.#clock.nowMs();
    this.#speaking.hold('hushed');
  }

  /** What was taken for speech was none. */
  over(): void {
    const running = this.#running;
    if (!running) {
      if (this.#hushedMs !== null) this.#speaking.release();
      this.#hushedMs = null;
      return;
    }
    this.cancel();
    this.#drop('sound', running.foundMs);
  }

  /** Speech over the assistant, `sinceMs` long so far. */
  begin(sinceMs: number): void {
    if (this.#running) return;
    const nowMs = this.#clock.nowMs();
    const hintedMs = this.#hintedMs;
    const silentMs = hintedMs ?? this.#hushedMs ?? nowMs;
    if (hintedMs !== null) this.#trust.agreed();
    this.#forgetHint();
    this.#hushedMs = null;
    this.#sounding = this.#speaking.sounding() ?? NOTHING;
    const silent = this.#falseAlarms < FALSE_ALARMS;
    if (hintedMs === null) this.#speaking.hold(silent ? 'silent' : 'ducked');
    const startMs = nowMs - sinceMs;
    this.#running = {
      startMs,
      foundMs: Math.max(startMs, silentMs),
      silent,
      endedMs: null,
      settled: false,
    };
    this.#timer = this.#clock.every(TICK_MS, () => this.#judge());
  }

  /** The caller goes on, or has fallen silent `sinceMs` ago. */
  speech(active: boolean, sinceMs: number): void {
    if (!this.#running) return;
    this.#running.endedMs = active ? null : this.#clock.nowMs() - sinceMs;
    this.#running.settled = false;
  }

  /** The text of the caller's turn so far; with other readings when all of it is recognised. */
  heard(text: string, recognised: Recognised | null): void {
    this.#text = text;
    this.#recognised = recognised ?? NOT_YET;
    if (!this.#running) return;
    this.#running.settled = recognised !== null;
    this.#judge();
  }

  /** The caller's turn is over: whether it is meant for the assistant, or a listener's sound, noise or echo. */
  conclude(text: string, recognised: Recognised, assistantBusy: boolean): boolean {
    this.heard(text, recognised);
    const meant = this.#meant(assistantBusy);
    this.#outcome = null;
    // The next turn begins without words.
    this.heard('', null);
    return meant;
  }

  #meant(assistantBusy: boolean): boolean {
    const { endedMs } = this.#running ?? {};
    if (this.#running)
      this.#decide(this.#verdict(this.#running.startMs, endedMs ?? this.#clock.nowMs(), true));
    const outcome = this.#outcome;
    if (outcome === 'interrupt') return true;
    if (outcome === null && !assistantBusy) return true;
    if (outcome === null) this.#sounding = this.#speaking.sounding() ?? this.#sounding;
    else if (!assistantBusy) this.#sounding = { ...this.#sounding, remainingMs: 0 };
    return this.#judgement(0, true).verdict === 'interrupt';
  }

  /** The assistant was stopped otherwise. */
  cancel(): void {
    this.#forgetHint();
    this.#hushedMs = null;
    this.#running = null;
    this.#timer?.cancel();
    this.#timer = null;
  }

  close(): void {
    this.cancel();
    this.removeAllListeners();
  }

  #judge(): void {
    if (!this.#running) return;
    const { startMs, foundMs, endedMs, settled } = this.#running;
    const nowMs = this.#clock.nowMs();
    const given = endedMs !== null && (settled || nowMs - endedMs >= ANSWER_LIMIT_MS);
    this.#decide(this.#verdict(startMs, endedMs ?? nowMs, given || nowMs - foundMs >= DECISION_LIMIT_MS));
  }

  #verdict(startMs: number, untilMs: number, ended: boolean): Verdict {
    this.#sounding = this.#speaking.sounding() ?? this.#sounding;
    return this.#judgement(untilMs - startMs, ended);
  }

  #judgement(speechMs: number, ended: boolean): Verdict {
    return judgeOverlap({
      speechMs,
      ended,
      silent: this.#running?.silent ?? false,
      text: this.#text,
      alternatives: this.#recognised.alternatives,
      spotted: this.#recognised.spotted,
      spokenText: this.#sounding.text,
      remainingMs: this.#sounding.remainingMs,
      language: this.#language,
      expectation: this.#expectation(),
    });
  }

  #decide(verdict: Verdict): void {
    const running = this.#running;
    if (!running || verdict.verdict === 'wait') return;
    const nowMs = this.#clock.nowMs();
    const { reason } = verdict;
    this.cancel();
    this.#outcome = verdict.verdict;
    if (verdict.verdict === 'interrupt') {
      this.#falseAlarms = 0;
      const decidedMs = nowMs - running.startMs;
      const stopMs = running.silent ? running.foundMs - running.startMs : decidedMs;
      this.emit('interrupt', { reason, stopMs, decidedMs });
      return;
    }
    this.#drop(verdict.reason, running.foundMs);
  }

  #drop(reason: string, foundMs: number): void {
    if (reason !== 'backchannel') this.#falseAlarms += 1;
    this.#speaking.release();
    this.emit('drop', { reason, heldMs: this.#clock.nowMs() - foundMs });
  }

  /** The server heard nothing of what the device told. */
  #contradict(): void {
    const hintedMs = this.#hintedMs;
    if (hintedMs === null) return;
    const nowMs = this.#clock.nowMs();
    this.#forgetHint();
    this.#trust.contradicted(nowMs);
    this.#speaking.release();
    this.emit('drop', { reason: 'hint', heldMs: nowMs - hintedMs });
  }

  #forgetHint(): void {
    this.#doubt?.cancel();
    this.#doubt = null;
    this.#hintedMs = null;
  }
}
