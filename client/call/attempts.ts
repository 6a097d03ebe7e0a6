import type { Clock, TimerHandle } from '../../shared/clock.ts';

/** An attempt that needs longer carries no call. */
export const ATTEMPT_MS = 2_500;
/** From the beginning of one to the beginning of the next. */
const SPACING_MS = 700;
const SOONEST_MS = 100;
/** Before the first one: a server that restarts takes nobody at once. */
export const FIRST_MS = 200;
/**
 * From then on it is first asked whether the server can be reached at all. Chromium holds a page's WebSockets back by seconds
 * after some 14 failures in three minutes (services/network/websocket_throttler.cc: 1 to 5 s × 2^(failures − 16)); it
 * does not count other requests.
 */
const MANY = 6;
/** Without being asked: a connection of before may be the reason why nothing answers. */
const RARE_SPACING_MS = 20_000;
/** Somebody answers, and takes no socket: a balancer without a server. */
const REFUSED_SPACING_MS = 2_500;

/** What of socket.io's manager is needed here. */
export type Attempting = {
  on(name: 'reconnect_attempt' | 'error' | 'open', listener: () => void): unknown;
  reconnectionDelay(ms: number): unknown;
  reconnectionDelayMax(ms: number): unknown;
};

export type AttemptParts = {
  clock: Pick<Clock, 'nowMs' | 'after'>;
  /** Resolves when the server answers anything. */
  reach: () => Promise<unknown>;
  /** Connects now. */
  hurry: () => void;
};

/**
 * Sees to it that a path that is back is found soon, and that the browser does not take us for a flood meanwhile. Answers how
 * to end it.
 */
export function paceAttempts(manager: Attempting, { clock, reach, hurry }: AttemptParts): () => void {
  let begunAtMs = clock.nowMs();
  let failures = 0;
  let looking = false;
  let timer: TimerHandle | null = null;
  const waitFor = (ms: number) => {
    manager.reconnectionDelay(ms);
    manager.reconnectionDelayMax(ms);
  };
  const sinceMs = (fromMs: number) => clock.nowMs() - fromMs;
  const rest = () => {
    looking = false;
    timer?.cancel();
  };
  const look = async () => {
    const fromMs = clock.nowMs();
    const reached = await reach().then(
      () => true,
      () => false,
    );
    if (!looking) return;
    if (reached) {
      looking = false;
      hurry();
    } else timer = clock.after(Math.max(SOONEST_MS, SPACING_MS - sinceMs(fromMs)), look);
  };
  manager.on('reconnect_attempt', () => {
    begunAtMs = clock.nowMs();
  });
  manager.on('open', () => {
    failures = 0;
    rest();
    waitFor(FIRST_MS);
  });
  manager.on('error', () => {
    failures += 1;
    if (failures < MANY) {
      waitFor(Math.max(SOONEST_MS, SPACING_MS - sinceMs(begunAtMs)));
      return;
    }
    waitFor(RARE_SPACING_MS);
    if (looking) return;
    looking = true;
    timer = clock.after(failures === MANY ? SOONEST_MS : REFUSED_SPACING_MS, look);
  });
  return rest;
}
