import type { Clock } from '../../shared/clock.ts';
import { CallError } from './callError.ts';
import type { Captions } from './captions.ts';
import type { Ear } from './ear.ts';
import type { Sound } from './gate.ts';
import type { TurnReport } from './report.ts';
import type { Turn } from './turn.ts';
import { waitFor } from './waiting.ts';

/** Longest patience of the caller. */
export const LIMITS = { answerMs: 15_000, utteranceMs: 60_000 };
/** Silence after which a polite caller takes the turn. */
const POLITE_PAUSE_MS = 600;
/** An assistant of which the server says that it is speaking, while nothing is heard, is believed for this long. */
const LONGEST_PAUSE_MS = 2_500;

/** What a conversation needs of a call; small, so that turns can be tested without one. */
export type Line = {
  readonly clock: Clock;
  readonly captions: Captions;
  /** Aborted when the call is over. */
  readonly over: AbortSignal;
  readonly ear: Pick<Ear, 'sound' | 'soundSince' | 'soundBefore'>;
  /** Whether the server says that the assistant is speaking. */
  readonly assistantActive: () => boolean;
  speak(pcm16k: Float32Array): Promise<Sound>;
  sendText(text: string): Promise<void>;
};

/** A turn without its texts, which captions may still complete; `mark`: the captions that there were before it. */
export type PlayedTurn = Omit<TurnReport, 'caller' | 'assistant'> & { mark: number };

/** Plays turns as a polite caller: each after the assistant has stopped, or `bargeInMs` after it began. */
export class Conversation {
  readonly #line: Line;
  readonly #bargeInMs: number | null;

  constructor(line: Line, { bargeInMs }: { bargeInMs: number | null }) {
    this.#line = line;
    this.#bargeInMs = bargeInMs;
  }

  /** Waits for the greeting; ms from `sinceMs` to its first audible moment. Heard to its end unless barged in on. */
  async greeting(sinceMs: number, { moreTurns }: { moreTurns: boolean }): Promise<number> {
    const sound = await this.#answerSince(sinceMs, 'The greeting');
    await this.#listen(sound, moreTurns);
    return sound.fromMs - sinceMs;
  }

  /** One turn and its answer. A missing answer is an error; a call that ended meanwhile rejects with its reason. */
  async turn(turn: Turn, { moreTurns }: { moreTurns: boolean }): Promise<PlayedTurn> {
    const { captions, ear } = this.#line;
    const mark = captions.count;
    const interrupts = ear.sound !== null;
    const spoken = await this.#perform(turn);
    const early = interrupts ? null : ear.soundSince(spoken.fromMs);
    const talkedOver = early !== null && early.fromMs < spoken.toMs;
    const answerFromMs = talkedOver ? spoken.fromMs : spoken.toMs;
    const answer = await this.#answerSince(answerFromMs, `An answer to “${turn.said}”`);
    const interrupted = interrupts ? ear.soundBefore(spoken.toMs) : null;
    await this.#listen(answer, moreTurns);
    const answerMs = talkedOver ? null : answer.fromMs - spoken.toMs;
    return {
      mark,
      said: turn.said,
      voiceToVoiceMs: turn.kind === 'voice' ? answerMs : null,
      textToVoiceMs: turn.kind === 'text' ? answerMs : null,
      bargeInStopMs: interrupted ? Math.max(0, interrupted.toMs - spoken.fromMs) : null,
      talkedOver,
    };
  }

  async #perform(turn: Turn): Promise<Sound> {
    if (turn.kind === 'voice') return this.#line.speak(turn.pcm16k);
    const atMs = this.#line.clock.nowMs();
    await this.#line.sendText(turn.said);
    return { fromMs: atMs, toMs: atMs };
  }

  #answerSince(sinceMs: number, what: string): Promise<Readonly<Sound>> {
    return this.#wait(() => this.#line.ear.soundSince(sinceMs), LIMITS.answerMs, what);
  }

  /** To the end, or until it is time to interrupt. */
  async #listen(sound: Readonly<Sound>, moreTurns: boolean): Promise<void> {
    const { clock } = this.#line;
    const bargeInMs = moreTurns ? this.#bargeInMs : null;
    await this.#wait(
      () => {
        if (bargeInMs !== null && this.#line.ear.sound && clock.nowMs() - sound.fromMs >= bargeInMs)
          return true;
        return this.#isQuiet() ? true : null;
      },
      LIMITS.utteranceMs,
      'The end of what the assistant says',
    );
  }

  #isQuiet(): boolean {
    const { clock, ear, assistantActive } = this.#line;
    if (ear.sound) return false;
    const silentMs = clock.nowMs() - (ear.soundBefore(clock.nowMs())?.toMs ?? 0);
    return silentMs >= (assistantActive() ? LONGEST_PAUSE_MS : POLITE_PAUSE_MS);
  }

  #wait<Value>(probe: () => Value | null, limitMs: number, what: string): Promise<Value> {
    const { clock, over } = this.#line;
    if (over.aborted) return Promise.reject(CallError.from(over.reason));
    return waitFor(clock, probe, { limitMs, what, signal: over });
  }
}
