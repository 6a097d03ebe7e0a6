import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { TimelineEntry } from '../../shared/timeline.ts';
import { followTurnTaking } from './turnTaking.ts';

/** Decibels over the noise: under 8 a line is noisy. */
const SNR_DB = [0, 4, 8, 12, 16, 20, 25, 30, 40, 50];
const LEVELS_DB = [-60, -55, -50, -45, -40, -35, -30, -25, -20, -15, -10];

const SECONDS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.2, 1.5, 2, 3, 5];

type ClusterView = { bus: { state(): string }; presence: { others(): readonly unknown[] } };

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
  readonly #overlaps = new Counter({
    name: 'segue_overlaps_total',
    help: 'Speech of callers over the assistant: interrupted it, or was dropped, and why',
    labelNames: ['outcome', 'reason'],
    registers: [this.registry],
  });
  readonly #prepared = new Counter({
    name: 'segue_prepared_replies_total',
    help: 'Replies worked out before it was certain that the caller had finished, by whether they were used',
    labelNames: ['used'],
    registers: [this.registry],
  });
  readonly #backchannels = new Counter({
    name: 'segue_backchannels_total',
    help: 'Listeners’ sounds over the assistant; selectivity is the share that was ignored',
    labelNames: ['ignored'],
    registers: [this.registry],
  });
  readonly #callerTurns = this.#counter('segue_caller_turns_total', 'Turns of callers that were heard');
  readonly #talkedOver = this.#counter(
    'segue_caller_interrupted_total',
    'Times that the assistant began while the caller spoke',
  );
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

  readonly #snr = this.#decibels(
    'segue_caller_snr_decibels',
    'Callers’ speech over the noise of their line',
    SNR_DB,
  );
  readonly #level = this.#decibels('segue_caller_level_dbfs', 'Level of callers’ speech', LEVELS_DB);
  readonly #noisy = this.#counter('segue_noisy_lines_total', 'Calls in which the caller was told of noise');

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

  /** Shows whether the other servers are heard, and how many there are. */
  watchCluster({ bus, presence }: ClusterView): void {
    this.#gauge('segue_bus_up', 'Whether the servers of the cluster hear each other', () =>
      bus.state() === 'ok' ? 1 : 0,
    );
    this.#gauge(
      'segue_cluster_servers',
      'Servers that live, this one included',
      () => presence.others().length + 1,
    );
  }

  /** Shows the state of each system behind the assistant. */
  watchSystems(states: () => ReadonlyMap<string, string>): void {
    new Gauge({
      name: 'segue_system_state',
      help: 'Whether a system behind the assistant is asked: 0 closed (it works), 1 half open, 2 open (it is out)',
      labelNames: ['system'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [system, state] of states()) {
          this.set({ system }, state === 'closed' ? 0 : state === 'halfOpen' ? 1 : 2);
        }
      },
    });
  }

  /** Shows how busy the server is, as its admission sees it. */
  watchLoad(
    state: () => Record<'calls' | 'eventLoopShare' | 'workerShare' | 'sttBehindMs', number> & {
      overloaded: boolean;
    },
  ): void {
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(value());
        },
      });
    gauge('segue_overloaded', '1 while no further calls by voice are taken', () =>
      state().overloaded ? 1 : 0,
    );
    gauge('segue_voice_calls', 'Calls by voice that run or begin', () => state().calls);
    gauge(
      'segue_event_loop_share',
      'Share of time that the main thread computes',
      () => state().eventLoopShare,
    );
    gauge(
      'segue_media_worker_share',
      'Share of a core of the busiest media worker',
      () => state().workerShare,
    );
    gauge('segue_stt_behind_seconds', 'How far recognition is behind', () => state().sttBehindMs / 1000);
  }

  /** Shows how many callers wait. */
  watchLine(length: () => number): void {
    new Gauge({
      name: 'segue_waiting_callers',
      help: 'Callers who wait for a free line',
      registers: [this.registry],
      collect() {
        this.set(length());
      },
    });
  }

  /** Follows one call's timeline. */
  observer(): (entry: TimelineEntry) => void {
    let answeredMs: number | null = null;
    const turnTaking = followTurnTaking({
      response: (ms) => this.#voiceToVoice.observe(ms / 1000),
      stop: (ms) => this.#stop.observe(ms / 1000),
      turn: () => this.#callerTurns.inc(),
      interruptedCaller: () => this.#talkedOver.inc(),
      backchannel: (ignored) => this.#backchannels.inc({ ignored: String(ignored) }),
    });
    return (entry) => {
      turnTaking(entry);
      const { type, tMs, reason } = entry;
      if (type === 'call.start') this.#calls.inc();
      else if (type === 'call.answered') answeredMs = tMs;
      else if (type === 'caller.speech.end') {
        if (typeof entry.snrDb === 'number') this.#snr.observe(entry.snrDb);
        if (typeof entry.levelDb === 'number') this.#level.observe(entry.levelDb);
      } else if (type === 'line.noisy') this.#noisy.inc();
      else if (type === 'policy.reply') this.#turns.inc();
      else if (type === 'policy.prepared') this.#prepared.inc({ used: String(entry.used) });
      else if (type === 'assistant.interrupted') {
        this.#interruptions.inc();
        this.#overlaps.inc({ outcome: 'interrupted', reason: String(reason) });
      } else if (type === 'assistant.resumed') {
        this.#overlaps.inc({ outcome: 'dropped', reason: String(reason) });
      } else if (type === 'assistant.audio.start') {
        if (answeredMs !== null) this.#greeting.observe((tMs - answeredMs) / 1000);
        answeredMs = null;
      } else if (type.startsWith('error.')) this.#errors.inc({ code: type.slice(6) });
    };
  }

  /** Counts what is written into the ledger. */
  ledgerWriter(): (events: number, durationMs: number) => void {
    const events = this.#counter('segue_ledger_events_total', 'Events that the ledger has taken');
    const append = new Histogram({
      name: 'segue_ledger_append_seconds',
      help: 'One durable write of a batch of events',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2],
      registers: [this.registry],
    });
    return (count, durationMs) => {
      events.inc(count);
      append.observe(durationMs / 1000);
    };
  }

  /** Shows what waits for the ledger whenever the metrics are read. */
  ledgerQueue(state: () => { queued: number; spooledBytes: number; lost: number }): void {
    const gauge = (name: string, help: string, value: keyof ReturnType<typeof state>) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(state()[value]);
        },
      });
    gauge('segue_ledger_queue_length', 'Events in memory that are not yet durable', 'queued');
    gauge('segue_ledger_spool_bytes', 'Bytes on the disk that wait for the database', 'spooledBytes');
    gauge('segue_ledger_lost_events', 'Events that could not be kept', 'lost');
  }

  #gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(value());
      },
    });
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.registry] });
  }

  #decibels(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, buckets, registers: [this.registry] });
  }

  #histogram(name: string, help: string): Histogram {
    return new Histogram({ name, help, buckets: SECONDS, registers: [this.registry] });
  }
}
