import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import type { Clock } from '../../shared/clock.ts';
import { Emitter } from '../../shared/emitter.ts';
import { SegueError } from '../../shared/errors.ts';
import type { Player } from '../audio/player.ts';
import { heardText } from './heardText.ts';
import type { TtsEngine } from './tts.ts';

/** `id` defaults to a running number of the queue; `speech` is spoken where it differs from the caption `text`. */
export type Utterance = { id?: string; text: string; speech?: string };

export type SpeakOptions = { language: string; voice?: string; rate?: number };

/** What of the speech was heard when it was interrupted. */
export type Interruption = {
  /** Captions of the interrupted `say`, cut at the last word heard; '' for nothing. */
  heardText: string;
  /** How much of the interrupted sentence was played; 0 when none was playing. */
  playedMs: number;
  /** The interrupted sentence, or null when none was playing. */
  sentenceId: string | null;
};

/** Where the speech is. */
export type Sounding = {
  /** As spoken: the sentence up to now and the word that follows, with the sentence before it. */
  text: string;
  /** Until the last of what is to be said ends; infinite when sentences follow. */
  remainingMs: number;
};

export type SpeechQueueEvents = {
  /** From `say`, or for a `say` behind another from the moment it is its turn, to its first clip at the player. */
  first: [{ durationMs: number }];
  sentenceStart: [{ id: string; text: string }];
  sentenceEnd: [{ id: string }];
  /** Nothing plays, and something is still being made. */
  gap: [];
  /** Nothing plays and nothing waits. */
  idle: [];
  /** A sentence could not be spoken; the queue goes on. */
  failed: [{ id: string; text: string; error: SegueError }];
};

/** What one `say` brought. */
type Batch = {
  options: SpeakOptions;
  /** When the queue first took a sentence of it up. */
  takenUpMs: number | null;
  begun: boolean;
  open: number;
  /** Captions of the sentences that were played whole, or only shown. */
  heard: string[];
  done: () => void;
  /** Said in between: no part of what is interrupted. */
  aside: boolean;
};

type Sentence = { clipId: string; id: string; text: string; speech: string; batch: Batch; last: boolean };
type Playing = { sentence: Sentence; speechMs: number };

/** Pause between two sentences of a reply, beside the little silence of the clips themselves. */
const PAUSE_MS = 180;
/** Sentences at the player: the one that plays and the one behind it, so that no gap is heard between them. */
const MOST_AT_PLAYER = 2;

/** Speaks sentences in order: synthesises the next one while one plays. */
export class SpeechQueue extends Emitter<SpeechQueueEvents> {
  readonly #tts: TtsEngine;
  readonly #player: Player;
  readonly #clock: Clock;
  #waiting: Sentence[] = [];
  #playing: Playing[] = [];
  /** The sentence that is being synthesised. */
  #making: { sentence: Sentence; abort: AbortController } | null = null;
  #count = 0;
  #closed = false;

  constructor(parts: { tts: TtsEngine; player: Player; clock: Clock }) {
    super();
    this.#tts = parts.tts;
    this.#player = parts.player;
    this.#clock = parts.clock;
    this.#player.onStart((clipId) => this.#started(clipId));
    this.#player.onEnd((clipId) => this.#ended(clipId));
  }

  /** True from `say` until `idle` or `interrupt`. */
  get speaking(): boolean {
    return this.#making !== null || this.#playing.length > 0 || this.#waiting.length > 0;
  }

  /** Queues sentences behind those that wait; resolves when they were spoken, failed or were interrupted. Never rejects. */
  say(sentences: readonly Utterance[], options: SpeakOptions): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return this.#queue(sentences, options);
  }

  /**
   * Plays a sentence that is there already, before what is still being made or waits; resolves when it was heard or
   * interrupted. Nothing when something plays.
   */
  interject({ id, text, pcm16k }: { id: string; text: string; pcm16k: Float32Array }): Promise<void> {
    if (this.#closed || this.#playing.length > 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const batch: Batch = {
      options: { language: '' },
      takenUpMs: null,
      begun: true,
      open: 1,
      heard: [],
      done: resolve,
      aside: true,
    };
    this.#play({ clipId: String(++this.#count), id, text, speech: text, batch, last: false }, pcm16k);
    return promise;
  }

  /** Has a sentence synthesised that may be said soon; of use where the engine remembers (`cachedTts`). */
  prepare({ text, speech = text }: Utterance, options: SpeakOptions): void {
    if (!this.#closed) this.#tts.synthesise(speech, options).catch(() => {});
  }

  /** Silences at once and drops what waits. */
  interrupt(): Interruption {
    const stopped = this.#player.stop();
    const dropped = [...this.#playing.map(({ sentence }) => sentence), ...this.#unspoken()];
    const current = this.#playing.find(({ sentence }) => sentence.clipId === stopped?.id);
    const batch = dropped.find((sentence) => !sentence.batch.aside)?.batch;
    const playedMs = current ? Math.min(stopped?.playedMs ?? 0, current.speechMs) : 0;
    const words =
      current && !current.sentence.batch.aside
        ? heardText(current.sentence.text, playedMs, current.speechMs)
        : '';
    const heard = [...(batch?.heard ?? []), words].filter(Boolean).join(' ');
    this.#drop();
    return { heardText: heard, playedMs, sentenceId: current?.sentence.id ?? null };
  }

  /** Silences at once and keeps what is unsaid for `resume` or `interrupt`. */
  pause(): void {
    this.#player.pause();
  }

  /** Goes on after `pause` where it was, in mid-sentence. */
  resume(): void {
    this.#player.resume();
  }

  /** What the caller hears now, or was hearing at `pause`; null when nothing sounds. */
  sounding(): Sounding | null {
    const position = this.#player.position();
    const index = this.#playing.findIndex(({ sentence }) => sentence.clipId === position?.id);
    const playing = this.#playing[index];
    if (!position || !playing) return null;
    const { sentence, speechMs } = playing;
    const rest = this.#playing.length - 1 - index + this.#unspoken().length;
    return {
      text: [...sentence.batch.heard.slice(-1), spokenText(sentence, position.playedMs, speechMs)].join(' '),
      remainingMs: rest > 0 ? Number.POSITIVE_INFINITY : Math.max(0, speechMs - position.playedMs),
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#player.stop();
    this.#drop();
    this.removeAllListeners();
  }

  #queue(sentences: readonly Utterance[], options: SpeakOptions): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (sentences.length === 0) return Promise.resolve();
    const batch: Batch = {
      options,
      takenUpMs: null,
      begun: false,
      open: sentences.length,
      heard: [],
      done: resolve,
      aside: false,
    };
    sentences.forEach(({ id, text, speech = text }, index) => {
      const clipId = String(++this.#count);
      const last = index === sentences.length - 1;
      this.#waiting.push({ clipId, id: id ?? clipId, text, speech, batch, last });
    });
    this.#next();
    return promise;
  }

  #unspoken(): Sentence[] {
    return this.#making ? [this.#making.sentence, ...this.#waiting] : this.#waiting;
  }

  #drop(): void {
    const batches = new Set(
      [...this.#playing.map(({ sentence }) => sentence), ...this.#unspoken()].map(({ batch }) => batch),
    );
    this.#making?.abort.abort();
    this.#making = null;
    this.#playing = [];
    this.#waiting = [];
    for (const { done } of batches) done();
  }

  #next(): void {
    if (this.#making || this.#playing.length >= MOST_AT_PLAYER) return;
    const sentence = this.#waiting.shift();
    if (!sentence) return;
    sentence.batch.takenUpMs ??= this.#clock.nowMs();
    void this.#make(sentence);
  }

  async #make(sentence: Sentence): Promise<void> {
    const making = { sentence, abort: new AbortController() };
    this.#making = making;
    const { signal } = making.abort;
    try {
      const { pcm16k } = await this.#tts.synthesise(sentence.speech, { ...sentence.batch.options, signal });
      if (this.#making !== making) return;
      this.#making = null;
      this.#play(sentence, pcm16k);
    } catch (error) {
      if (this.#making !== making) return;
      this.#making = null;
      sentence.batch.heard.push(sentence.text);
      this.emit('failed', { id: sentence.id, text: sentence.text, error: SegueError.from(error) });
      this.#finished(sentence);
    }
    this.#next();
  }

  #play(sentence: Sentence, pcm16k: Float32Array): void {
    const { batch, clipId } = sentence;
    this.#playing.push({ sentence, speechMs: (pcm16k.length * 1000) / SPEECH_RATE_HZ });
    if (!batch.begun) {
      batch.begun = true;
      const nowMs = this.#clock.nowMs();
      this.emit('first', { durationMs: nowMs - (batch.takenUpMs ?? nowMs) });
    }
    // A listener may have interrupted.
    if (!this.#playing.some((playing) => playing.sentence === sentence)) return;
    this.#player.play({ id: clipId, pcm16k: sentence.last ? pcm16k : withPause(pcm16k) });
  }

  #started(clipId: string): void {
    const playing = this.#playing.find(({ sentence }) => sentence.clipId === clipId);
    if (playing) this.emit('sentenceStart', { id: playing.sentence.id, text: playing.sentence.text });
  }

  #ended(clipId: string): void {
    const index = this.#playing.findIndex(({ sentence }) => sentence.clipId === clipId);
    const [playing] = index < 0 ? [] : this.#playing.splice(index, 1);
    if (!playing) return;
    playing.sentence.batch.heard.push(playing.sentence.text);
    this.emit('sentenceEnd', { id: playing.sentence.id });
    this.#finished(playing.sentence);
    this.#next();
  }

  #finished({ batch }: Sentence): void {
    batch.open -= 1;
    if (batch.open === 0) batch.done();
    if (!this.speaking) this.emit('idle');
    else if (this.#playing.length === 0) this.emit('gap');
  }
}

/** A word is on its way to the caller's ear, and back from it, before it counts as heard. */
const AHEAD_MS = 400;

function spokenText({ speech }: Sentence, playedMs: number, speechMs: number): string {
  return heardText(speech, playedMs + AHEAD_MS, speechMs);
}

function withPause(pcm16k: Float32Array): Float32Array {
  const padded = new Float32Array(pcm16k.length + (PAUSE_MS * SPEECH_RATE_HZ) / 1000);
  padded.set(pcm16k);
  return padded;
}
