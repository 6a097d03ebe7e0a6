import { systemClock } from '../../shared/clock.ts';
import type { MicrophoneTap } from '../media/microphoneTap.ts';
import { Ducking } from './ducking.ts';
import { type Ears, type EarsEvents, type OpenLanguage, openEars } from './ears.ts';
import { type Speech, SpeechGate } from './speechGate.ts';

export type HearingEvents = {
  /** The caller begins or stops speaking, muted or not. */
  onSpeech: (speech: Speech) => void;
  /** How loud the assistant shall be, 0…1. */
  onGain: (gain: number) => void;
  /** The caller's language, unless muted; null: the device will not recognise it. */
  onLanguage: (language: string | null, confidence: number) => void;
  /** The microphone gives exact silence, or sound again. */
  onDead: (dead: boolean) => void;
};

/** What the device hears during a call by voice, before the server does. */
export class DeviceHearing {
  readonly #events: HearingEvents;
  readonly #context: BaseAudioContext;
  readonly #gate = new SpeechGate();
  readonly #ducking: Ducking;
  #ears: Ears | null = null;
  #engine = '';
  #muted = false;
  #assistantTalks = false;
  #closed = false;

  /** `openLanguage`: another judge of the language than the ears' own. */
  constructor(tap: MicrophoneTap, events: HearingEvents, openLanguage: OpenLanguage | null = null) {
    this.#events = events;
    this.#context = tap.context;
    this.#context.addEventListener('statechange', this.#onState);
    document.addEventListener('visibilitychange', this.#onState);
    this.#ducking = new Ducking(systemClock, events.onGain);
    void this.#open(tap, openLanguage);
  }

  assistantTalks(talks: boolean): void {
    this.#assistantTalks = talks;
    this.#ears?.assistantTalks(talks);
    this.#gate.assistantTalks = talks;
    this.#ducking.assistant(talks);
  }

  serverHears(active: boolean): void {
    this.#ducking.server(active);
  }

  /** Whether the device takes the assistant's voice out of the microphone's sound. */
  set echoCancelled(cancelled: boolean) {
    this.#gate.echoCancelled = cancelled;
    this.#ducking.echoCancelled = cancelled;
  }

  mute(muted: boolean): void {
    this.#muted = muted;
    if (muted) this.#ducking.device(false);
  }

  close(): void {
    this.#closed = true;
    this.#context.removeEventListener('statechange', this.#onState);
    document.removeEventListener('visibilitychange', this.#onState);
    this.#ears?.close();
    this.#ducking.close();
  }

  #tell(speech: Speech | null): void {
    if (!speech) return;
    if (!this.#muted) this.#ducking.device(speech.active);
    this.#events.onSpeech(speech);
  }

  /** A context that sleeps hears nothing, and neither does a hidden page without a worklet: the server's ears decide. */
  readonly #onState = (): void => {
    const deaf = this.#context.state !== 'running' || (document.hidden && this.#engine === 'energy');
    if (deaf) this.#tell(this.#gate.reset());
  };

  async #open(tap: MicrophoneTap, openLanguage: OpenLanguage | null): Promise<void> {
    const events: EarsEvents = {
      onVerdict: (verdict) => {
        if (verdict.engine !== this.#engine) mark(verdict.engine);
        this.#engine = verdict.engine;
        this.#tell(this.#gate.update(verdict));
      },
      onLanguage: (language, confidence) => {
        if (language === null || !this.#muted) this.#events.onLanguage(language, confidence);
      },
      onDead: this.#events.onDead,
      onCost: (costMs, kept) => mark(kept ? 'silero' : 'too slow', costMs),
    };
    const ears = await openEars(tap, systemClock, events, openLanguage);
    if (this.#closed) return ears.close();
    this.#ears = ears;
    ears.assistantTalks(this.#assistantTalks);
  }
}

/** In the page's own timeline of performance: who judges, and what a window costs where that is measured. */
function mark(engine: string, costMs: number | null = null): void {
  performance.mark('segue:ears', { detail: { engine, costMs } });
}
