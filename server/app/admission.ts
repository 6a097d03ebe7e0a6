import type { Clock } from '../../shared/clock.ts';
import { type Admission, type Load, look, OPEN, type Strain } from '../call/admission.ts';
import { LoadWatch, WorkerShares } from '../telemetry/loadWatch.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Voice } from './voice.ts';

const LOOK_EVERY_MS = 1_000;

const WHY: Readonly<Record<Strain, string>> = {
  eventLoopShare: 'the main thread is busy',
  eventLoopP99Ms: 'the event loop is late',
  workerShare: 'a media worker is busy',
  sttBehindMs: 'recognition is behind',
};

export type Watchman = {
  /** Whether this server has more to do than it can. */
  readonly overloaded: boolean;
  /** Why, for the operator. */
  readonly detail: string;
  close(): void;
};

/** Looks at the live load once a second. */
export function watchLoad(
  voice: Voice,
  calls: () => { voices: number; sttBehindMs: number },
  parts: { clock: Clock; log: Log; metrics: Metrics },
): Watchman {
  const watch = new LoadWatch();
  const shares = new WorkerShares();
  let admission: Admission = OPEN;
  let load: Load = { calls: 0, eventLoopShare: 0, eventLoopP99Ms: 0, workerShare: 0, sttBehindMs: 0 };
  const detail = (): string => admission.strains.map((strain) => WHY[strain]).join(', ');
  const read = async (): Promise<void> => {
    const usage = (await voice.pool.value?.usage().catch(() => [])) ?? [];
    const { voices, sttBehindMs } = calls();
    load = { calls: voices, ...watch.read(), workerShare: shares.read(usage), sttBehindMs };
    const before = admission;
    admission = look(before, load);
    if (before.strains.length === 0 && admission.strains.length > 0) {
      parts.log.warn({ ...load, why: detail() }, 'overloaded: no further calls by voice are taken');
    } else if (before.strains.length > 0 && admission.strains.length === 0) {
      parts.log.warn(load, 'no longer overloaded');
    }
  };
  const timer = parts.clock.every(LOOK_EVERY_MS, () => void read());
  parts.metrics.watchLoad(() => ({ ...load, overloaded: admission.strains.length > 0 }));
  return {
    get overloaded() {
      return admission.strains.length > 0;
    },
    get detail() {
      return detail();
    },
    close() {
      timer.cancel();
      watch.close();
    },
  };
}
