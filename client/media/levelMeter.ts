import type { MicrophoneTap } from './microphoneTap.ts';

const SILENT_DB = -60;
const LOUD_DB = -18;
/** Speech starts above the first level and is over below the second one for the hold time. */
const SPEAKING_ON = 0.35;
const SPEAKING_OFF = 0.2;
const HOLD_MS = 400;
/** Often enough for a meter; a look at every frame would keep the page's whole rendering awake. */
const LOOK_MS = 40;

/** Root mean square of samples in −1…1 as a level in 0…1, linear in decibels between −60 and −18 dBFS. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / samples.length + 1e-10);
  return Math.min(1, Math.max(0, (db - SILENT_DB) / (LOUD_DB - SILENT_DB)));
}

/** Whether somebody is speaking, from levels over time, with hysteresis. */
export class SpeakingDetector {
  #speaking = false;
  #lastLoudMs = Number.NEGATIVE_INFINITY;

  update(level: number, nowMs: number): boolean {
    if (level > (this.#speaking ? SPEAKING_OFF : SPEAKING_ON)) this.#lastLoudMs = nowMs;
    this.#speaking = nowMs - this.#lastLoudMs < HOLD_MS;
    return this.#speaking;
  }
}

/** Level of the microphone, muted or not; looks only while `running`. */
export class LevelMeter {
  readonly #analyser: AnalyserNode;
  readonly #disconnect: () => void;
  readonly #samples: Float32Array<ArrayBuffer>;
  readonly #detector = new SpeakingDetector();
  readonly #onLevel: (level: number, speaking: boolean) => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(tap: MicrophoneTap, onLevel: (level: number, speaking: boolean) => void) {
    this.#onLevel = onLevel;
    this.#analyser = new AnalyserNode(tap.context, { fftSize: 512 });
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#disconnect = tap.connect(this.#analyser);
  }

  set running(on: boolean) {
    if (on) this.#timer ??= setInterval(this.#look, LOOK_MS);
    else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  readonly #look = () => {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const level = levelOf(this.#samples);
    this.#onLevel(level, this.#detector.update(level, performance.now()));
  };

  close(): void {
    this.running = false;
    this.#disconnect();
  }
}
