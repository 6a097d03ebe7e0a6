import type { Clock } from '../../shared/clock.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { InputOffer } from '../../shared/events.ts';
import { newId } from '../../shared/ids.ts';
import { speechPhrases } from '../../shared/strings/speech/speech.ts';
import { DeadAir } from './deadAir.ts';
import type { Hearing } from './hearing.ts';
import { type ReadyKey, readyText, tone } from './readySpeech.ts';
import type { Speaking } from './speaking.ts';
import type { Timeline } from './timeline.ts';

/** A sentence that is ready, with its sound. */
export type Ready = (key: ReadyKey) => Promise<{ text: string; pcm16k: Float32Array }>;

export type StopgapParts = {
  clock: Clock;
  timeline: Timeline;
  language: string;
  hearing: Hearing;
  speaking: Speaking;
  /** Without it there is a tone in place of the words. */
  ready: Ready | undefined;
  /** Ways to go on beside the voice that this site has. */
  ways: () => InputOffer['kinds'];
};

export type StopgapEvents = {
  offer: [InputOffer];
  /** Something was said in place of an answer, to its end. */
  said: [];
};

type Cause = 'stt' | 'tts' | 'policy';

/** The same trouble is told again after this, or when the caller has said something since. */
const TOLD_AGAIN_MS = 8_000;

/** What the caller hears while or because something of ours does not work; it needs no engine. */
export class Stopgap extends Emitter<StopgapEvents> {
  readonly #parts: StopgapParts;
  readonly #deadAir: DeadAir;
  /** Turns that are over and not recognised yet. */
  readonly #unread: (() => void)[] = [];
  readonly #told = new Map<Cause, { atMs: number; utterance: number }>();
  /** How often the caller has begun to speak. */
  #utterance = 0;
  /** What is to be said when the caller hears nothing else. */
  #next: ReadyKey | null = null;
  #speaks = false;
  #closed = false;

  constructor(parts: StopgapParts) {
    super();
    this.#parts = parts;
    this.#deadAir = new DeadAir(parts.clock, (count) => this.#silent(count));
    this.#listenTo(parts);
  }

  /** The assistant is to say something when the work is done. */
  async until<Value>(work: Promise<Value>): Promise<Value> {
    const done = this.#deadAir.owe();
    try {
      return await work;
    } finally {
      done();
    }
  }

  /** Nothing reaches the caller: silence is nobody's fault. */
  cutOff(on: boolean): void {
    this.#deadAir.sound('cutOff', on);
  }

  /** There is no answer to what the caller has said. */
  clueless(): void {
    this.#trouble(this.#fault, 'policy');
  }

  /** The dialog has answered. */
  answered(): void {
    this.#told.delete('policy');
  }

  close(): void {
    this.#closed = true;
    this.#deadAir.close();
    this.removeAllListeners();
  }

  #listenTo({ hearing, speaking }: StopgapParts): void {
    const recognised = (): void => this.#unread.shift()?.();
    hearing.on('speech', ({ active }) => {
      if (active) this.#utterance += 1;
      this.#deadAir.sound('caller', active);
    });
    hearing.on('turnEnd', () => this.#unread.push(this.#deadAir.owe()));
    hearing.on('turn', recognised);
    hearing.on('turn', () => void this.#told.delete('stt'));
    hearing.on('nothing', recognised);
    hearing.on('aside', recognised);
    hearing.on('failed', () => this.#trouble('cannotHear', 'stt'));
    speaking.on('sounds', (on) => this.#deadAir.sound('assistant', on));
    speaking.on('active', (active) => {
      this.#speaks = active;
      const next = this.#next;
      this.#next = null;
      if (!active && next) void this.#say(next);
    });
    speaking.on('first', () => void this.#told.delete('tts'));
    speaking.on('failed', () => this.#trouble('cannotSpeak', 'tts'));
  }

  get #fault(): 'ourFault' | 'ourFaultCallBack' {
    return this.#parts.ways().includes('callBack') ? 'ourFaultCallBack' : 'ourFault';
  }

  #silent(count: number): void {
    const key = count === 1 ? 'waitPlease' : count === 3 ? this.#fault : 'stillOnIt';
    this.#parts.timeline.record('assistant.stopgap', { key, cause: 'silence' });
    void this.#say(key);
    if (count === 3) this.#offer(true);
  }

  #trouble(key: ReadyKey, cause: Cause): void {
    const atMs = this.#parts.clock.nowMs();
    const before = this.#told.get(cause);
    const utterance = this.#utterance;
    if (before && before.utterance === utterance && atMs - before.atMs < TOLD_AGAIN_MS) return;
    this.#told.set(cause, { atMs, utterance });
    const again = before !== undefined || cause === 'policy';
    const told = again ? this.#fault : key;
    this.#parts.timeline.record('assistant.stopgap', { key: told, cause });
    if (this.#speaks) this.#next = told;
    else void this.#say(told);
    this.#offer(again);
  }

  #offer(all: boolean): void {
    const [label = ''] = speechPhrases(this.#parts.language).typeHere;
    this.emit('offer', { kinds: all ? this.#parts.ways() : ['text'], label });
  }

  async #say(key: ReadyKey): Promise<void> {
    const { ready, speaking, language } = this.#parts;
    const sentence = (await ready?.(key)) ?? { text: readyText(key, language), pcm16k: tone() };
    if (this.#closed) return;
    if (await speaking.interject(newId('turn'), sentence)) this.emit('said');
  }
}
