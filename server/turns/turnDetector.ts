import { Emitter } from '../../shared/emitter.ts';
import { SegueError } from '../../shared/errors.ts';
import { VAD_WINDOW_SAMPLES, type VadEngine, type VadStream } from '../speech/vad.ts';
import { BargeInGate } from './bargeInGate.ts';
import { levelDb } from './callerLevel.ts';
import { DeviceEars } from './deviceEars.ts';
import { DigitalSilence } from './digitalSilence.ts';
import { type EndpointQuestion, type EndpointRule, endpoint, soundsFinished } from './endpointing.ts';
import type { Expectation } from './expectation.ts';
import { LineQuality, type Reception } from './lineQuality.ts';
import { Patience } from './patience.ts';
import { Prosody } from './prosody.ts';
import { SpeechGate, WINDOW_MS } from './speechGate.ts';
import { soundsOf } from './windowSounds.ts';

/** All times are media time: milliseconds of audio pushed since the detector began. */
export type TurnEvents = {
  /** Samples for the recogniser: speech with pre-roll and a short tail, long silences left out. */
  audio: [pcm16k: Float32Array];
  /** `atMs` is the estimated true start of speech, `nowMs` when it was found. */
  speechStart: [{ atMs: number; nowMs: number }];
  /** The voice has ceased, perhaps only for a moment: comes before `speechEnd`, and more often. */
  quiet: [{ atMs: number; nowMs: number }];
  /** `atMs` is the estimated true end of speech, `nowMs` when it was found. */
  speechEnd: [{ atMs: number; nowMs: number }];
  /** How an utterance was heard; comes before its `speechEnd`, when it was long enough to tell. */
  received: [Reception];
  /** Flush the recogniser now and hand the text so far to `heard`: the turn may be over. Later speech is a further segment. */
  pause: [{ atMs: number }];
  /** The caller has finished; `waitedMs` = since the true end of speech, `reason` = which rule decided; see `aside`. */
  turnEnd: [{ atMs: number; waitedMs: number; reason: string; aside: boolean }];
  /** Speech while the assistant talks; `atMs` is its true start, `nowMs` when it was believed. */
  bargeIn: [{ atMs: number; nowMs: number }];
  /** A first sign of speech over the assistant; `bargeIn` or `bargeInOver` follows. */
  bargeInMaybe: [];
  /** Such a sign, or a `bargeIn` found early, has ended without becoming sustained speech. */
  bargeInOver: [];
  /** The model failed; the energy detector goes on in its place. */
  degraded: [SegueError];
};

export type TurnDetectorParts = {
  vad: VadEngine;
  /** Takes over when `vad` fails. */
  fallback: VadEngine;
  language: string;
  /** When a turn is over; `endpoint` unless a bench wants to look on. */
  rule?: (question: EndpointQuestion) => EndpointRule;
};

/** Sound before the detected start that the recogniser gets, too: soft first consonants. */
const PRE_ROLL_WINDOWS = Math.ceil(300 / WINDOW_MS);

/** A turn is taken from a caller who speaks without end, so that the recogniser's memory stays bounded. */
const LONGEST_TURN_MS = 30_000;

/** Speech this soon after the end of a turn means that it was taken too early. */
const CUT_OFF_MS = 700;

/** The model may fall behind so far before the fallback takes over: longer than a machine that is short of breath. */
const MOST_WAITING_WINDOWS = Math.ceil(2_500 / WINDOW_MS);
/** Of sound, until the model is tried again; twice as long each time that it fails. */
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 60_000;

/** Finds the turns of one caller in a continuous stream of 20 ms frames. */
export class TurnDetector extends Emitter<TurnEvents> {
  readonly #engine: VadEngine;
  readonly #fallback: VadEngine;
  readonly #language: string;
  readonly #rule: NonNullable<TurnDetectorParts['rule']>;
  readonly #gate = new SpeechGate();
  readonly #bargeIn = new BargeInGate(this.#gate);
  readonly #patience = new Patience();
  readonly #prosody = new Prosody();
  readonly #device = new DeviceEars();
  readonly #line = new LineQuality();
  readonly #silence = new DigitalSilence();
  readonly #preRoll: Float32Array[] = [];
  readonly #waiting: Float32Array[] = [];
  #vad: Promise<VadStream>;
  /** Media time at which the model is tried again; null while it judges. */
  #retryAtMs: number | null = null;
  #retryMs = FIRST_RETRY_MS;
  #pumping = false;
  #window = new Float32Array(VAD_WINDOW_SAMPLES);
  #filled = 0;
  /** Media time at the end of the last judged window. */
  #nowMs = 0;
  /** Start of the running turn; null between turns. */
  #turnStartMs: number | null = null;
  #turnEndMs = Number.NEGATIVE_INFINITY;
  /** Null while the recogniser has not answered the last pause. */
  #text: string | null = null;
  /** How final the last speech sounds; null where that cannot be told. */
  #finality: number | null = null;
  #expectation: Expectation = 'open';
  #digits: number | null = null;
  #assistantSpeaking = false;
  /** Whether the running turn is others' talk behind the caller, as far as is known. */
  #aside = false;
  /** Gives up the judgement that is waited for. */
  #abandon: () => void = () => {};
  #closed = false;

  constructor(parts: TurnDetectorParts) {
    super();
    this.#engine = parts.vad;
    this.#fallback = parts.fallback;
    this.#language = parts.language;
    this.#rule = parts.rule ?? endpoint;
    this.#vad = open(this.#engine);
  }

  /** 320 samples; silence as zeros where nothing came. */
  push(pcm16k: Float32Array): void {
    for (let at = 0; at < pcm16k.length && !this.#closed; ) {
      const taken = Math.min(VAD_WINDOW_SAMPLES - this.#filled, pcm16k.length - at);
      this.#window.set(pcm16k.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled === VAD_WINDOW_SAMPLES) this.#enqueue();
    }
  }

  /** The text of the running turn so far (all segments of the turn with the running partial). */
  heard(text: string): void {
    this.#text = text;
  }

  /** In a pause: whether the caller has probably finished, by what is known so far. */
  get likelyOver(): boolean {
    if (this.#turnStartMs === null || this.#gate.open || this.#text === null) return false;
    return soundsFinished(this.#ask().reason);
  }

  /** What was just asked; `digits` = how many, where known. */
  expect(expectation: Expectation, hints: { digits?: number } = {}): void {
    this.#expectation = expectation;
    this.#digits = hints.digits ?? null;
  }

  /** Whether what is heard began over the assistant and is much quieter than the caller: somebody behind them. */
  get aside(): boolean {
    return this.#turnStartMs !== null && this.#aside;
  }

  /** What the device believes to hear: a reason to wait a little longer, never to end sooner. */
  deviceHears(active: boolean): void {
    this.#device.hears(active);
  }

  assistantSpeaking(speaking: boolean): void {
    this.#assistantSpeaking = speaking;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting.length = 0;
    this.#vad.then((stream) => stream.close()).catch(() => {});
    this.removeAllListeners();
  }

  #enqueue(): void {
    this.#waiting.push(this.#window);
    this.#window = new Float32Array(VAD_WINDOW_SAMPLES);
    this.#filled = 0;
    if (!this.#pumping) void this.#pump();
    else if (this.#waiting.length > MOST_WAITING_WINDOWS) this.#abandon();
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    while (!this.#closed) {
      const window = this.#waiting.shift();
      if (!window) break;
      if (this.#retryAtMs !== null && this.#nowMs >= this.#retryAtMs) {
        this.#retryAtMs = null;
        this.#useVad(this.#engine);
      }
      const probability = this.#silence.push(window) ? 0 : await this.#judge(window);
      if (this.#closed) break;
      this.#nowMs += WINDOW_MS;
      this.#advance(window, probability);
    }
    this.#pumping = false;
  }

  async #judge(window: Float32Array): Promise<number> {
    try {
      return await this.#probability(window);
    } catch (error) {
      if (this.#retryAtMs !== null || this.#closed) return 0;
      this.#retryAtMs = this.#nowMs + this.#retryMs;
      this.#retryMs = Math.min(2 * this.#retryMs, LONGEST_RETRY_MS);
      this.#useVad(this.#fallback);
      this.emit('degraded', SegueError.from(error));
      return await this.#judge(window);
    }
  }

  #useVad(engine: VadEngine): void {
    this.#vad.then((stream) => stream.close()).catch(() => {});
    this.#vad = open(engine);
  }

  /** The engine gets a copy: what it is given may be transferred to its thread. */
  #probability(window: Float32Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#abandon = () =>
        reject(new SegueError('SPEECH_UNAVAILABLE', 'Voice activity detection is too slow.'));
      this.#vad
        .then((stream) => stream.process(window.slice()))
        .then((probability) => {
          if (probability >= 0 && probability <= 1) resolve(probability);
          else reject(new SegueError('SPEECH_UNAVAILABLE', 'Voice activity detection answers nonsense.'));
        }, reject);
    });
  }

  #advance(window: Float32Array, probability: number): void {
    const silenceMs = this.#gate.silenceMs(this.#nowMs);
    const change = this.#gate.push(probability, this.#nowMs);
    this.#prosody.push(window, probability);
    this.#device.push(probability);
    this.#line.push(window, probability);
    if (change?.type === 'start') this.#speechStarts(change.atMs, window, silenceMs);
    else if (this.#gate.open || change?.type === 'end') this.emit('audio', window);
    else this.#remember(window);
    // Loudness alone falls in the midst of words, too often to be told.
    if (change?.type === 'quiet' && this.#retryAtMs === null)
      this.emit('quiet', { atMs: change.atMs, nowMs: this.#nowMs });
    if (change?.type === 'end') this.#speechPauses(change.atMs);
    this.#interrupt(window, probability);
    this.#decide();
  }

  #remember(window: Float32Array): void {
    this.#preRoll.push(window);
    if (this.#preRoll.length > PRE_ROLL_WINDOWS) this.#preRoll.shift();
  }

  #speechStarts(atMs: number, window: Float32Array, silenceMs: number): void {
    if (this.#turnStartMs === null) {
      this.#turnStartMs = atMs;
      this.#text = null;
      this.#aside = this.#assistantSpeaking;
      if (atMs - this.#turnEndMs < CUT_OFF_MS) this.#patience.cutOff(silenceMs);
      else this.#patience.wellTaken();
    } else {
      this.#patience.paused(silenceMs);
    }
    this.emit('speechStart', { atMs, nowMs: this.#nowMs });
    for (const earlier of this.#preRoll.splice(0)) this.emit('audio', earlier);
    this.emit('audio', window);
  }

  #speechPauses(atMs: number): void {
    this.#bargeIn.ended(atMs - this.#gate.startMs);
    this.#text = null;
    this.#finality = this.#prosody.finality();
    const reception = this.#line.utterance();
    if (reception) this.emit('received', reception);
    this.emit('speechEnd', { atMs, nowMs: this.#nowMs });
    this.emit('pause', { atMs: this.#nowMs });
  }

  #interrupt(window: Float32Array, probability: number): void {
    const heard = { probability, db: levelDb(window), sounds: soundsOf(window), endMs: this.#nowMs };
    const change = this.#bargeIn.push(heard, this.#assistantSpeaking);
    if (change?.type === 'begin') this.emit('bargeIn', { atMs: change.atMs, nowMs: this.#nowMs });
    if (change?.type === 'maybe') this.emit('bargeInMaybe');
    if (change?.type === 'over') this.emit('bargeInOver');
    if (this.#gate.open && !this.#bargeIn.background) this.#aside = false;
  }

  #decide(): void {
    if (this.#turnStartMs === null) return;
    if (this.#gate.open) {
      if (this.#nowMs - this.#turnStartMs >= LONGEST_TURN_MS) this.#endTurn(0, 'long');
      return;
    }
    const waitedMs = this.#gate.silenceMs(this.#nowMs);
    const { waitMs, reason } = this.#ask();
    if (waitedMs >= waitMs) this.#endTurn(waitedMs, reason);
  }

  #ask(): EndpointRule {
    return this.#rule({
      text: this.#text,
      language: this.#language,
      expectation: this.#expectation,
      digits: this.#digits,
      patienceMs: this.#patience.ms,
      finality: this.#finality,
      deviceMs: this.#device.extraMs,
    });
  }

  #endTurn(waitedMs: number, reason: string): void {
    const { aside } = this;
    this.#turnStartMs = this.#gate.open ? this.#nowMs : null;
    this.#turnEndMs = this.#nowMs;
    this.#device.turnEnded();
    this.emit('turnEnd', { atMs: this.#nowMs, waitedMs, reason, aside });
    this.#text = null;
  }
}

/** An engine that does not open is noticed by the first window that it is to judge. */
function open(engine: VadEngine): Promise<VadStream> {
  const stream = engine.open();
  stream.catch(() => {});
  return stream;
}
