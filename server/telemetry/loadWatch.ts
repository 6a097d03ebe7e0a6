import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';

const SAMPLING_MS = 10;

/** How busy the main thread is, between two readings. */
export class LoadWatch {
  readonly #delay = monitorEventLoopDelay({ resolution: SAMPLING_MS });
  #before: EventLoopUtilization = performance.eventLoopUtilization();

  constructor() {
    this.#delay.enable();
  }

  read(): { eventLoopShare: number; eventLoopP99Ms: number } {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#before);
    this.#before = now;
    const p99Ms = this.#delay.count > 0 ? this.#delay.percentile(99) / 1e6 - SAMPLING_MS : 0;
    this.#delay.reset();
    return { eventLoopShare: utilization, eventLoopP99Ms: Math.max(0, p99Ms) };
  }

  close(): void {
    this.#delay.disable();
  }
}

/** The share of a core that each media worker has used between two readings; the highest. */
export class WorkerShares {
  #before = new Map<number, number>();
  #atMs = performance.now();

  read(usage: readonly { pid: number; cpuMs: number }[]): number {
    const nowMs = performance.now();
    const elapsedMs = Math.max(1, nowMs - this.#atMs);
    const shares = usage.map(({ pid, cpuMs }) => (cpuMs - (this.#before.get(pid) ?? cpuMs)) / elapsedMs);
    this.#before = new Map(usage.map(({ pid, cpuMs }) => [pid, cpuMs]));
    this.#atMs = nowMs;
    return Math.max(0, ...shares);
  }
}
