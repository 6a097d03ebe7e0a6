import type { Verdict } from './windowJudge.ts';

/** Probabilities at which speech begins and is over, and windows of 32 ms that must agree on its beginning. */
type Limits = { on: number; off: number; windows: number };

const LIMITS: Record<Verdict['engine'], { quiet: Limits; overAssistant: Limits; overEcho: Limits }> = {
  // Over the assistant's own voice, what the echo canceller leaves must not count.
  silero: {
    quiet: { on: 0.55, off: 0.35, windows: 2 },
    overAssistant: { on: 0.7, off: 0.4, windows: 2 },
    overEcho: { on: 0.9, off: 0.6, windows: 6 },
  },
  energy: {
    quiet: { on: 0.8, off: 0.4, windows: 3 },
    overAssistant: { on: 0.95, off: 0.6, windows: 4 },
    // Loudness cannot tell one voice from the other.
    overEcho: { on: Number.POSITIVE_INFINITY, off: Number.POSITIVE_INFINITY, windows: 1 },
  },
};
/** Windows of silence that end speech: words have pauses of their own. */
const HOLD = 10;

export type Speech = { active: boolean; confidence: number };

/** Beginning and end of speech from probabilities, window by window, with hysteresis. */
export class SpeechGate {
  assistantTalks = false;
  /** Whether the device takes the assistant's voice out of the microphone's sound. */
  echoCancelled = true;
  #active = false;
  #run = 0;
  #sum = 0;

  /** What has begun or ended with this window, or null. */
  update({ engine, probability }: Verdict): Speech | null {
    const limits = LIMITS[engine][this.#manner];
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

  /** Nothing is heard for a while: what was heard last is over. */
  reset(): Speech | null {
    this.#run = 0;
    this.#sum = 0;
    if (!this.#active) return null;
    this.#active = false;
    return { active: false, confidence: 0 };
  }

  get #manner(): keyof (typeof LIMITS)['silero'] {
    if (!this.assistantTalks) return 'quiet';
    return this.echoCancelled ? 'overAssistant' : 'overEcho';
  }
}
