import { setTimeout as pause } from 'node:timers/promises';
import { BrokenCall } from '../brokenCall.ts';
import { Namespace } from '../namespace.ts';
import { interfacePath, relayPath } from '../path.ts';
import { QUESTIONS } from '../questions.ts';
import type { FaultContext, Scenario } from '../scenario.ts';
import { openTurnServer, turnMissing } from '../turnServer.ts';
import { onStage } from './onStage.ts';

const pathOf = ({ path }: FaultContext) => (path === 'interface' ? interfacePath() : relayPath());

function lostFor(name: string, forMs: number, limitMs: number): Scenario {
  const seconds = forMs / 1000;
  return {
    name,
    about: `the visitor's network is gone for ${seconds < 120 ? `${seconds} s` : `${seconds / 60} min`}, in both directions`,
    limitMs,
    run: (context) =>
      onStage({ path: pathOf(context) }, async (stage) =>
        (await BrokenCall.begin(stage)).run(
          {
            async fault() {
              stage.path.cut();
              await pause(forMs);
              stage.path.restore();
              return Date.now();
            },
            meanwhile: QUESTIONS.weather,
            recoveryLimitMs: 30_000,
          },
          context,
        ),
      ),
  };
}

/** What happens between the visitor and the server. */
export const NETWORK: readonly Scenario[] = [
  lostFor('network-2s', 2_000, 1_000),
  lostFor('network-20s', 20_000, 1_000),
  lostFor('network-2min', 120_000, 1_000),
  {
    name: 'network-change',
    about: "the visitor's address changes: another interface, or another network",
    limitMs: 1_000,
    run: (context) =>
      onStage({ path: pathOf(context) }, async (stage) =>
        (await BrokenCall.begin(stage)).run(
          {
            async fault() {
              const { namespace, relays } = stage.path;
              namespace?.changeAddress();
              // Behind a relay the visitor's address is the relay's own.
              for (const relay of relays?.media ?? []) relay.rebind();
              relays?.http.endConnections();
              return Date.now();
            },
          },
          context,
        ),
      ),
  },
  {
    name: 'udp-blocked',
    about: 'a firewall lets no UDP through any more, in the middle of the call: TCP has to take over',
    limitMs: 3_000,
    run: (context) =>
      onStage({ path: relayPath() }, async (stage) => {
        const media = stage.path.relays?.media ?? [];
        return (await BrokenCall.begin(stage)).run(
          {
            async fault() {
              for (const relay of media) relay.blockUdp();
              return Date.now();
            },
            recoveryLimitMs: 30_000,
            async between() {
              for (const relay of media) {
                relay.allowUdp();
                relay.endConnections();
              }
            },
          },
          context,
        );
      }),
  },
  {
    name: 'no-sound',
    about:
      'no sound gets through any more, though messages do: the call goes on in writing, and by voice when asked later',
    limitMs: 20_000,
    run: () =>
      onStage({ path: relayPath() }, async (stage) => {
        const media = stage.path.relays?.media ?? [];
        return (await BrokenCall.begin(stage)).run({
          async fault() {
            for (const relay of media) {
              relay.blockUdp();
              relay.refuseTcp();
            }
            return Date.now();
          },
          silent: true,
          recoveryLimitMs: 40_000,
          async afterwards(call) {
            for (const relay of media) {
              relay.allowUdp();
              relay.allowTcp();
            }
            await call.talkAgain();
          },
        });
      }),
  },
  {
    name: 'turn',
    about: 'only a TURN server can be reached, and UDP is blocked: the call is made and goes on through it',
    limitMs: 1_000,
    missing: turnMissing,
    async run() {
      const turn = await openTurnServer();
      try {
        const path = relayPath();
        const env = { SEGUE_TURN_URLS: turn.url, SEGUE_TURN_SECRET: turn.secret };
        return await onStage({ path, env }, async (stage) => {
          for (const relay of path.relays?.media ?? []) {
            relay.blockUdp(turn.ports);
            relay.refuseTcp();
          }
          return (await BrokenCall.begin(stage)).run({ fault: async () => Date.now() });
        });
      } finally {
        await turn.close();
      }
    },
  },
  {
    name: 'socket-cut',
    about: 'the socket breaks while the sound goes on',
    limitMs: 1_000,
    run: (context) =>
      onStage({ path: relayPath() }, async (stage) =>
        (await BrokenCall.begin(stage)).run(
          {
            async fault() {
              stage.path.relays?.http.endConnections();
              return Date.now();
            },
          },
          context,
        ),
      ),
  },
  {
    name: 'packet-loss',
    about: 'a tenth of all packets is lost and the others are late, for ten seconds',
    limitMs: 1_000,
    run: (context) =>
      onStage({ path: relayPath() }, async (stage) =>
        (await BrokenCall.begin(stage)).run(
          {
            async fault() {
              const { http, media = [] } = stage.path.relays ?? {};
              for (const relay of media) relay.weather = { loss: 0.1, delayMs: 60, jitterMs: 80 };
              if (http) http.weather = { delayMs: 60, jitterMs: 200 };
              const fromMs = Date.now();
              setTimeout(() => {
                for (const relay of media) relay.weather = {};
                if (http) http.weather = {};
              }, 10_000).unref();
              return fromMs;
            },
          },
          context,
        ),
      ),
  },
];

/** The path that a machine can make, unless one was asked for. */
export function possiblePath(asked: FaultContext['path'] | null): FaultContext['path'] {
  return asked ?? (Namespace.missing() === null ? 'interface' : 'relay');
}
