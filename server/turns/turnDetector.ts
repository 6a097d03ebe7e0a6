import { Emitter } from '../../shared/emitter.ts';
import type { SegueError } from '../../shared/errors.ts';
import type { VadEngine } from '../speech/vad.ts';
import type { Expectation } from './expectation.ts';

/** All times are media time: milliseconds of audio pushed since the detector began. */
export type TurnEvents = {
  /** Samples for the recogniser: speech with pre-roll and a short tail, long silences left out. */
  audio: [pcm16k: Float32Array];
  /** `atMs` is the estimated true start of speech, `nowMs` when it was found. */
  speechStart: [{ atMs: number; nowMs: number }];
  /** `atMs` is the estimated true end of speech, `nowMs` when it was found. */
  speechEnd: [{ atMs: number; nowMs: number }];
  /** Flush the recogniser now and hand the text so far to `heard`: the turn may be over. Later speech is a further segment. */
  pause: [{ atMs: number }];
  /** The caller has finished; `waitedMs` = since the true end of speech, `reason` = which rule decided. */
  turnEnd: [{ atMs: number; waitedMs: number; reason: string }];
  /** Sustained speech while the assistant talks; `atMs` is its true start, `nowMs` when it was believed. */
  bargeIn: [{ atMs: number; nowMs: number }];
  /** The model failed; the energy detector goes on in its place. */
  degraded: [SegueError];
};

/** Finds the turns of one caller in a continuous stream of 20 ms frames. */
export class TurnDetector extends Emitter<TurnEvents> {
  constructor(_parts: { vad: VadEngine; fallback?: VadEngine }) {
    super();
  }

  /** 320 samples; silence as zeros where nothing came. */
  push(_pcm16k: Float32Array): void {}

  /** The text of the running turn so far (all segments of the turn with the running partial). */
  heard(_text: string): void {}

  /** What was just asked; `digits` = how many, where known. */
  expect(_expectation: Expectation, _hints: { digits?: number } = {}): void {}

  assistantSpeaking(_speaking: boolean): void {}

  close(): void {}
}
