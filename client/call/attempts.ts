import type { Clock } from '../../shared/clock.ts';

/** An attempt that needs longer carries no call. */
export const ATTEMPT_MS = 2_500;
/** From the beginning of one to the beginning of the next, while they are few. */
const SPACING_MS = 700;
const SOONEST_MS = 100;
/** Before the first one: a server that restarts takes nobody at once. */
export const FIRST_MS = 200;
/**
 * From then on one waits longer. Chromium holds a page's WebSockets back by seconds after some 15 failures in three
 * minutes (services/network/websocket_throttler.cc: 1 to 5 s × 2^(failures − 16)); where there is no network each fails at once.
 */
const MANY = 8;
const PATIENT_SPACING_MS = 2_500;

/** What of socket.io's manager is needed here. */
export type Attempting = {
  on(name: 'reconnect_attempt', listener: (count: number) => void): unknown;
  on(name: 'error' | 'reconnect', listener: () => void): unknown;
  reconnectionDelay(ms: number): unknown;
  reconnectionDelayMax(ms: number): unknown;
};

/** Sees to it that a path that is back is found soon, and that the browser does not take us for a flood meanwhile. */
export function paceAttempts(manager: Attempting, clock: Pick<Clock, 'nowMs'>): void {
  let begunAtMs = clock.nowMs();
  let made = 0;
  manager.on('reconnect_attempt', (count) => {
    made = count;
    begunAtMs = clock.nowMs();
  });
  const waitFor = (ms: number) => {
    manager.reconnectionDelay(ms);
    manager.reconnectionDelayMax(ms);
  };
  manager.on('reconnect', () => waitFor(FIRST_MS));
  manager.on('error', () => {
    const spacingMs = made < MANY ? SPACING_MS : PATIENT_SPACING_MS;
    waitFor(Math.max(SOONEST_MS, spacingMs - (clock.nowMs() - begunAtMs)));
  });
}
