import { setTimeout as pause } from 'node:timers/promises';
import { BrokenCall } from '../brokenCall.ts';
import type { Scenario } from '../scenario.ts';
import { onStage } from './onStage.ts';

const STALL_MS = 5_000;
/** A worker that dies no oftener is replaced at once, and a caller who is silent for so long is not hung up on. */
const REST_MS = 15_000;
/** More than the pool forgives within a minute. */
const DEATHS = 6;

function signalledWorker(
  name: string,
  about: string,
  { signal, limitMs }: { signal: NodeJS.Signals; limitMs: number },
): Scenario {
  return {
    name,
    about,
    limitMs,
    run: (context) =>
      onStage({}, async (stage) =>
        (await BrokenCall.begin(stage)).run(
          {
            async fault() {
              const fromMs = Date.now();
              for (const pid of stage.server.mediaWorkers()) process.kill(pid, signal);
              return fromMs;
            },
            between: () => pause(REST_MS),
          },
          context,
        ),
      ),
  };
}

/** What happens to the server's own processes. */
export const SERVER: readonly Scenario[] = [
  signalledWorker('worker-death', 'kill -9 of the mediasoup worker: its calls move to another one', {
    signal: 'SIGKILL',
    limitMs: 3_000,
  }),
  signalledWorker(
    'worker-stall',
    'the mediasoup worker stands still: it is ended, and its calls move to another one',
    {
      signal: 'SIGSTOP',
      limitMs: 6_000,
    },
  ),
  {
    name: 'worker-deaths',
    about: `the mediasoup worker dies ${DEATHS} times: it is given up, and the call goes on in writing`,
    limitMs: 20_000,
    run: () =>
      onStage({}, async (stage) =>
        (await BrokenCall.begin(stage)).run({
          async fault({ notes }) {
            for (let death = 0; death < DEATHS; death += 1) {
              for (const pid of stage.server.mediaWorkers()) process.kill(pid, 'SIGKILL');
              await pause(2_500);
            }
            const left = stage.server.mediaWorkers().length;
            notes.push(left === 0 ? 'the worker was given up' : `${left} workers run`);
            return Date.now();
          },
          silent: true,
          recoveryLimitMs: 30_000,
        }),
      ),
  },
  {
    name: 'server-kill',
    about: 'kill -9 of the only server, which is started again at once',
    limitMs: 5_000,
    run: (context) =>
      onStage({}, async (stage) =>
        (await BrokenCall.begin(stage)).run(
          {
            async fault({ notes }) {
              const killedMs = Date.now();
              await stage.server.end('SIGKILL');
              await stage.server.start();
              notes.push(`ready again after ${Date.now() - killedMs} ms`);
              return Date.now();
            },
            recoveryLimitMs: 30_000,
          },
          context,
        ),
      ),
  },
  {
    name: 'server-stop',
    about: 'SIGTERM to the only server in the middle of a call, which is started again at once',
    limitMs: 5_000,
    run: (context) =>
      onStage({ env: { SEGUE_DRAIN_MS: '2000' } }, async (stage) =>
        (await BrokenCall.begin(stage)).run(
          {
            async fault({ notes }) {
              const stoppedMs = Date.now();
              await stage.server.end('SIGTERM');
              notes.push(`ended after ${Date.now() - stoppedMs} ms`);
              await stage.server.start();
              return Date.now();
            },
            recoveryLimitMs: 30_000,
          },
          context,
        ),
      ),
  },
  {
    name: 'server-stall',
    about: `SIGSTOP: the server stands still for ${STALL_MS / 1000} s`,
    limitMs: 2_000,
    run: (context) =>
      onStage({}, async (stage) =>
        (await BrokenCall.begin(stage)).run(
          {
            async fault() {
              stage.server.signal('SIGSTOP');
              await pause(STALL_MS);
              stage.server.signal('SIGCONT');
              return Date.now();
            },
          },
          context,
        ),
      ),
  },
];
