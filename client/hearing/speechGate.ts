import type { Verdict } from './windowJudge.ts';

/**
 * Speech begins with so many `windows` of 32 ms at `on`; it is over with one window below `none`, or with so many in a row
 * below `doubt`. That is soon (half of all ends are noticed within 110 ms, see the bench's `vad`), and the breath
 * between two words may end it: what the server hears counts until that says otherwise, and the assistant's
 * voice comes back later still.
 */
type Limits = { on: number; windows: number; none: number; doubt: number };

const LIMITS: Record<Verdict['engine'], { quiet: Limits; overAssistant: Limits; overEcho: Limits }> = {
  // Over the assistant's own voice, what the echo canceller leaves must not count.
  silero: {
    quiet: { on: 0.55, windows: 2, none: 0.35, doubt: 0.6 },
    overAssistant: { on: 0.7, windows: 2, none: 0.4, doubt: 0.6 },
    overEcho: { on: 0.9, windows: 6, none: 0.6, doubt: 0.6 },
  },
  energy: {
    quiet: { on: 0.8, windows: 3, none: 0, doubt: 0.4 },
    overAssistant: { on: 0.95, windows: 4, none: 0, doubt: 0.6 },
    // Loudness cannot tell one voice from the other.
    overEcho: { on: Number.POSITIVE_INFINITY, windows: 1, none: 0, doubt: Number.POSITIVE_INFINITY },
  },
};
const DOUBTFUL_WINDOWS: Record<Verdict['engine'], number> = { silero: 2, energy: 10 };

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
    const counts = this.#active ? probability < limits.doubt : probability >= limits.on;
    if (!counts) {
      this.#run = 0;
      this.#sum = 0;
      return null;
    }
    this.#run += 1;
    this.#sum += probability;
    const ending = probability < limits.none ? 1 : DOUBTFUL_WINDOWS[engine];
    if (this.#run < (this.#active ? ending : limits.windows)) return null;
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
