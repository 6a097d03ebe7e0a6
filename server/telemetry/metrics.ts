import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { TimelineEntry } from '../../shared/timeline.ts';

const SECONDS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.2, 1.5, 2, 3, 5];

/** Prometheus metrics of the server; the latencies come from the timelines of the calls. */
export class Metrics {
  readonly registry = new Registry();
  readonly #calls = this.#counter('segue_calls_total', 'Calls that began');
  readonly #turns = this.#counter('segue_turns_total', 'Turns of callers that were answered');
  readonly #interruptions = this.#counter('segue_interruptions_total', 'Replies that callers cut off');
  readonly #errors = new Counter({
    name: 'segue_call_errors_total',
    help: 'Errors inside calls, by code of the catalogue',
    labelNames: ['code'],
    registers: [this.registry],
  });
  readonly #voiceToVoice = this.#histogram(
    'segue_voice_to_voice_seconds',
    'From the end of the caller’s speech to the assistant’s first audio, at the server',
  );
  readonly #stop = this.#histogram(
    'segue_barge_in_stop_seconds',
    'From the caller’s first sound over the assistant to its silence, at the server',
  );
  readonly #greeting = this.#histogram(
    'segue_greeting_seconds',
    'From the answered call to the greeting’s first audio, at the server',
  );

  constructor(running: () => number) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'segue_calls_running',
      help: 'Calls that run now',
      registers: [this.registry],
      collect() {
        this.set(running());
      },
    });
  }

  /** Follows one call's timeline. */
  observer(): (entry: TimelineEntry) => void {
    let answeredMs: number | null = null;
    let speechEndMs: number | null = null;
    return (entry) => {
      if (entry.type === 'call.start') this.#calls.inc();
      else if (entry.type === 'call.answered') answeredMs = entry.tMs;
      else if (entry.type === 'caller.speech.end') speechEndMs = entry.tMs;
      else if (entry.type === 'policy.reply') this.#turns.inc();
      else if (entry.type === 'assistant.interrupted') {
        this.#interruptions.inc();
        if (typeof entry.stopMs === 'number') this.#stop.observe(entry.stopMs / 1000);
      } else if (entry.type === 'assistant.audio.start') {
        const sinceMs = speechEndMs ?? answeredMs;
        const histogram = speechEndMs === null ? this.#greeting : this.#voiceToVoice;
        if (sinceMs !== null) histogram.observe((entry.tMs - sinceMs) / 1000);
        answeredMs = null;
        speechEndMs = null;
      } else if (entry.type.startsWith('error.')) this.#errors.inc({ code: entry.type.slice(6) });
    };
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.registry] });
  }

  #histogram(name: string, help: string): Histogram {
    return new Histogram({ name, help, buckets: SECONDS, registers: [this.registry] });
  }
}
