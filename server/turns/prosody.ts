import { PitchTracker } from './pitch.ts';
import { WINDOW_MS } from './speechGate.ts';

/** How the end of what was said sounds, beside the rest of it. */
export type Ending = {
  /** Rise of the pitch over the last 400 ms of speech, semitones a second; negative: it falls. */
  slope: number;
  /** The last voiced sound's pitch beside the speaker's median, in semitones. */
  pitch: number;
};

type Frame = { pitch: number; speech: boolean };

const MOST_FRAMES = Math.ceil(4_000 / WINDOW_MS);
const SLOPE_FRAMES = Math.ceil(400 / WINDOW_MS);
const LAST_FRAMES = 3;
/** Fewer voiced windows tell nothing. */
const FEWEST_VOICED = 8;
const SPEECH_PROBABILITY = 0.5;
/** Slopes of a few points are wild. */
const STEEPEST = 40;

/** Follows the caller's pitch, window by window. */
export class Prosody {
  readonly #pitch = new PitchTracker();
  readonly #frames: Frame[] = [];

  push(pcm16k: Float32Array, probability: number): void {
    const speech = probability >= SPEECH_PROBABILITY;
    this.#pitch.push(pcm16k);
    const hz = speech ? this.#pitch.hz() : 0;
    this.#frames.push({ pitch: hz > 0 ? 12 * Math.log2(hz) : 0, speech });
    if (this.#frames.length > MOST_FRAMES) this.#frames.shift();
  }

  /** How much it sounds like an end, 0…1; null where too little was voiced. */
  finality(): number | null {
    const ending = this.ending();
    return ending && finalityOf(ending);
  }

  /** Of the last speech; null where too little was voiced. */
  ending(): Ending | null {
    const last = this.#frames.findLastIndex(({ speech }) => speech);
    const voiced = this.#frames.slice(0, last + 1).filter(({ pitch }) => pitch > 0);
    if (voiced.length < FEWEST_VOICED) return null;
    const late = this.#frames.slice(Math.max(0, last + 1 - SLOPE_FRAMES), last + 1);
    return {
      slope: slopeOf(late),
      pitch:
        mean(voiced.slice(-LAST_FRAMES).map(({ pitch }) => pitch)) - median(voiced.map(({ pitch }) => pitch)),
    };
  }
}

/**
 * Logistic regression over recordings of ends and inner pauses (473 prompts in English, Spanish and French, 15
 * recordings of readers; half of the recordings for the weights). On the other half it orders 68 % of the pairs rightly:
 * 98 % of the French prompts', and chance elsewhere. Loudness and length added nothing. So its say is small.
 */
function finalityOf({ slope, pitch }: Ending): number {
  return 1 / (1 + Math.exp(0.018 * slope + 0.1 * pitch + 0.67));
}

/** Least squares through the voiced windows, jumps of the octave left out. */
function slopeOf(frames: readonly Frame[]): number {
  const middle = median(frames.flatMap(({ pitch }) => (pitch > 0 ? [pitch] : [])));
  const points = frames.flatMap(({ pitch }, at) =>
    pitch > 0 && Math.abs(pitch - middle) < 9 ? [{ x: (at * WINDOW_MS) / 1_000, y: pitch }] : [],
  );
  if (points.length < LAST_FRAMES) return 0;
  const x = mean(points.map((point) => point.x));
  const y = mean(points.map((point) => point.y));
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  const slope = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
  return Math.max(-STEEPEST, Math.min(STEEPEST, slope));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? 0;
}
