import type { Clock, TimerHandle } from '../../shared/clock.ts';

/** An attempt that needs longer carries no call. */
export const ATTEMPT_MS = 2_500;
/** From the beginning of one to the beginning of the next. */
const SPACING_MS = 700;
const SOONEST_MS = 100;
/** Before the first one: a server that restarts takes nobody at once. */
export const FIRST_MS = 200;
/**
 * Between them it is asked whether the server can be reached at all. Chromium holds a page's WebSockets back by seconds
 * after some 14 failures in three minutes (services/network/websocket_throttler.cc: 1 to 5 s × 2^(failures − 16)); it
 * does not count other requests.
 */
const LOOK_SPACING_MS = 250;
/** From then on the next attempt waits for an answer. */
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
  /** Begins an attempt, instead of one that has been begun. */
  connect: () => void;
};

export type Attempts = {
  /** Begins one now. */
  hurry(): void;
  /** Begins one after a pause: the server has refused, and socket.io does not try again by itself then. */
  later(): void;
  /** Stops looking for the server. */
  rest(): void;
};

/** Sees to it that a path that is back is found soon, and that the browser does not take us for a flood meanwhile. */
export function paceAttempts(manager: Attempting, { clock, reach, connect }: AttemptParts): Attempts {
  let begunAtMs = clock.nowMs();
  let inFlight = false;
  let failures = 0;
  let looking = false;
  let answered = false;
  let timer: TimerHandle | null = null;
  const waitFor = (ms: number) => {
    manager.reconnectionDelay(ms);
    manager.reconnectionDelayMax(ms);
  };
  const spacing = (ms: number, fromMs: number) => Math.max(SOONEST_MS, ms - (clock.nowMs() - fromMs));
  const begin = () => {
    begunAtMs = clock.nowMs();
    inFlight = true;
  };
  const hurry = () => {
    begin();
    connect();
  };
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
    answered = reached;
    if (!answered) {
      timer = clock.after(spacing(failures < MANY ? LOOK_SPACING_MS : SPACING_MS, fromMs), look);
      return;
    }
    looking = false;
    // One that was begun after the look will be answered, too; one of before may have been lost on its way.
    if (!inFlight || begunAtMs < fromMs) hurry();
  };
  manager.on('reconnect_attempt', begin);
  manager.on('open', () => {
    inFlight = false;
    failures = 0;
    answered = false;
    rest();
    waitFor(FIRST_MS);
  });
  manager.on('error', () => {
    inFlight = false;
    failures += 1;
    waitFor(failures < MANY ? spacing(SPACING_MS, begunAtMs) : RARE_SPACING_MS);
    if (looking) return;
    looking = true;
    timer = clock.after(answered ? REFUSED_SPACING_MS : SOONEST_MS, look);
  });
  const later = () => {
    timer = clock.after(REFUSED_SPACING_MS, () => inFlight || hurry());
  };
  return { hurry, later, rest };
}
