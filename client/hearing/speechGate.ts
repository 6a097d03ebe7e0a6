import type { Verdict } from './windowJudge.ts';

/** Probabilities at which speech begins and is over, and windows of 32 ms that must agree on its beginning. */
type Limits = { on: number; off: number; windows: number };

const LIMITS: Record<Verdict['engine'], { quiet: Limits; overAssistant: Limits }> = {
  // Over the assistant's own voice, what the echo canceller leaves must not count.
  silero: {
    quiet: { on: 0.55, off: 0.35, windows: 2 },
    overAssistant: { on: 0.7, off: 0.4, windows: 2 },
  },
  energy: {
    quiet: { on: 0.8, off: 0.4, windows: 3 },
    overAssistant: { on: 0.95, off: 0.6, windows: 4 },
  },
};
/** Windows of silence that end speech: words have pauses of their own. */
const HOLD = 10;

export type Speech = { active: boolean; confidence: number };

/** Beginning and end of speech from probabilities, window by window, with hysteresis. */
export class SpeechGate {
  assistantTalks = false;
  #active = false;
  #run = 0;
  #sum = 0;

  /** What has begun or ended with this window, or null. */
  update({ engine, probability }: Verdict): Speech | null {
    const limits = LIMITS[engine][this.assistantTalks ? 'overAssistant' : 'quiet'];
    const counts = this.#active ? probability < limits.off : probability >= limits.on;
    if (!counts) {
      this.#run = 0;
      this.#sum = 0;
      return null;
    }
    this.#run += 1;
    this.#sum += probability;
    if (this.#run < (this.#active ? HOLD : limits.windows)) return null;
    const mean = this.#sum / this.#run;
    const confidence = Math.round((this.#active ? 1 - mean : mean) * 100) / 100;
    this.#active = !this.#active;
    this.#run = 0;
    this.#sum = 0;
    return { active: this.#active, confidence };
  }
}
