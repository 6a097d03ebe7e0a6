import { setTimeout as pause } from 'node:timers/promises';
import { SCENARIOS, speakAll } from '../bench/scenarios.ts';
import type { CallReport } from '../call/report.ts';
import type { Turn } from '../call/turn.ts';
import { callOf, untilEmpty } from './callers.ts';
import { type Holdings, Inspector, leaks } from './inspector.ts';
import { isFlat, type Slope, slopeOf } from './slope.ts';
import { FaultStage } from './stage.ts';
import { writeUntil } from './writer.ts';

/** How long one caller talks before the next one comes: sessions are kept for hours, and are no leak. */
const CALL_MS = 600_000;
/** Who was refused, or cut off, does not call again at once. */
const REST_MS = 10_000;
/** A turn with its answer takes about as long. */
const TURN_MS = 8_000;
/** Of the duration, before it: V8 compiles more for half an hour of four calls, and then hardly any. */
const WARM_UP_SHARE = 0.5;
const SAMPLES = 60;
const LEAST_SAMPLE_MS = 2_000;

export type SoakOptions = {
  durationMs: number;
  calls: number;
  /** Turns in writing: for a machine that has no time to listen. */
  inWriting?: boolean;
  progress?: (line: string) => void;
};

export type SoakResult = {
  calls: number;
  failedCalls: number;
  errors: string[];
  before: Holdings;
  after: Holdings;
  samples: (Pick<Holdings, 'rssMb' | 'heapMb' | 'codeMb' | 'workerRssMb'> & {
    atMs: number;
    transports: number;
  })[];
  /** MB an hour. */
  rss: Slope | null;
  heap: Slope | null;
  /** Of the heap without what is compiled: tells where it grows, and judges nothing. */
  data: Slope | null;
  worker: Slope | null;
  leaks: string[];
  /** Whether the process, its heap and the workers may as well stay as large as they are. */
  flat: boolean;
};

/** Synthetic callers without a pause; what the server holds is looked at all the while, and when they have gone. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { durationMs, calls, inWriting = false, progress = () => {} } = options;
  const inspector = new Inspector();
  const stage = await FaultStage.open({ flags: inspector.flags, env: inspector.env });
  try {
    const scripts = inWriting ? written() : await speakAll(SCENARIOS);
    const reports: CallReport[] = [];
    const call = async (index: number, untilMs: number): Promise<void> => {
      const remainingMs = Math.min(CALL_MS, Math.max(0, untilMs - performance.now()));
      const turns = longCall(scripts[index % scripts.length] ?? [], Math.ceil(remainingMs / TURN_MS));
      const report = await callOf(stage, turns);
      reports.push(report);
      const [error] = report.errors;
      if (!error) return;
      progress(`a call failed: ${error.code}: ${error.message}`);
      await pause(REST_MS);
    };
    const callUntil = (untilMs: number): Promise<unknown> =>
      Promise.all(
        Array.from({ length: calls }, async (_, index) => {
          for (let round = 0; performance.now() < untilMs; round += 1) await call(index + round, untilMs);
        }),
      );
    // What is made once, compiled by use (that takes many turns), and kept for some minutes, is there before it is measured.
    const warmUpMs = Math.max(TURN_MS, durationMs * WARM_UP_SHARE);
    progress(`warming up for ${(warmUpMs / 60_000).toFixed(1)} min`);
    const fromMs = performance.now();
    const writtenMs = fromMs + Math.min(warmUpMs, CALL_MS);
    await Promise.all([
      callUntil(fromMs + warmUpMs),
      ...SCENARIOS.map((questions) => writeUntil(stage, questions, writtenMs)),
    ]);
    await untilEmpty(stage);
    const before = await inspector.look(stage.server);
    const startMs = performance.now();
    const callers = callUntil(startMs + durationMs);
    const samples: SoakResult['samples'] = [];
    let running = true;
    const watching = (async () => {
      while (running) {
        await pause(Math.max(LEAST_SAMPLE_MS, durationMs / SAMPLES));
        if (!running) break;
        const { rssMb, heapMb, codeMb, workerRssMb, media } = await inspector.look(stage.server);
        const atMs = performance.now() - startMs;
        samples.push({ atMs, rssMb, heapMb, codeMb, workerRssMb, transports: media.transports });
        const failed = failures(reports).length;
        progress(
          `${Math.round(atMs / 60_000)} min: ${rssMb.toFixed(0)} MB, heap ${heapMb.toFixed(1)} MB, of it code ${codeMb.toFixed(1)} MB; ${failed} calls failed`,
        );
      }
    })();
    await callers;
    running = false;
    await watching;
    await untilEmpty(stage);
    const after = await inspector.look(stage.server);
    return judge(reports, { before, after, samples, durationMs });
  } finally {
    await stage.close();
    inspector.close();
  }
}

function judge(
  reports: CallReport[],
  {
    before,
    after,
    samples,
    durationMs,
  }: Pick<SoakResult, 'before' | 'after' | 'samples'> & { durationMs: number },
): SoakResult {
  const slope = (pick: (sample: SoakResult['samples'][number]) => number): Slope | null =>
    slopeOf(samples.map((sample) => ({ x: sample.atMs / 3_600_000, y: pick(sample) })));
  const over = durationMs / 3_600_000;
  const flat = (line: Slope | null, level: number) => line === null || isFlat(line, { level, over });
  const rss = slope(({ rssMb }) => rssMb);
  const heap = slope(({ heapMb }) => heapMb);
  const data = slope(({ heapMb, codeMb }) => heapMb - codeMb);
  const worker = slope(({ workerRssMb }) => workerRssMb);
  return {
    calls: reports.length,
    failedCalls: failures(reports).length,
    errors: reports.flatMap(({ errors }) => errors.map(({ code, message }) => `${code}: ${message}`)),
    before,
    after,
    samples,
    rss,
    heap,
    data,
    worker,
    leaks: leaks(before, after),
    flat: flat(rss, before.rssMb) && flat(heap, before.heapMb) && flat(worker, before.workerRssMb),
  };
}

function failures(reports: readonly CallReport[]): CallReport[] {
  return reports.filter(({ errors }) => errors.length > 0);
}

/** A conversation that lasts: its turns over and over. */
function longCall(turns: readonly Turn[], count: number): Turn[] {
  return Array.from({ length: Math.max(1, count) }, (_, index) => turns[index % turns.length]).filter(
    (turn) => turn !== undefined,
  );
}

function written(): Turn[][] {
  return SCENARIOS.map((texts) => texts.map((said) => ({ kind: 'text', said })));
}
