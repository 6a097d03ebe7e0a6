import { setTimeout as pause } from 'node:timers/promises';
import { DelayingProxy } from '../../bench/delayingProxy.ts';
import { processTree } from '../../bench/processes.ts';
import { proxyDemo } from '../../bench/proxiedDemo.ts';
import { BrokenCall } from '../brokenCall.ts';
import { QUESTIONS } from '../questions.ts';
import type { Scenario } from '../scenario.ts';
import { onStage } from './onStage.ts';

const PRELOAD = new URL('../preload/breakThreads.ts', import.meta.url).href;
const DEAD_MS = 5_000;
/** No silence of the assistant may be longer. */
const DEAD_AIR_MS = 2_000;
/** Before that it is the caller's own: they may only pause. */
const TURN_END_MS = 900;

/** The process of speech recognition gets a signal. */
function signalRecogniser({ stage, notes }: BrokenCall, signal: NodeJS.Signals): void {
  const engines = processTree(stage.server.pid).filter(({ command }) => command?.includes('voskProcess'));
  if (engines.length === 0) notes.push('there is no process of speech recognition');
  for (const { pid } of engines) process.kill(pid, signal);
}

/** The thread of the voice is broken for a while; what counts is the next answer. */
function brokenVoice(name: string, about: string, how: 'kill' | 'stall'): Scenario {
  const env = { SEGUE_FAULT_THREADS: 'flite', SEGUE_FAULT_HOW: how };
  return {
    name,
    about,
    limitMs: DEAD_AIR_MS,
    run: (context) =>
      onStage({ flags: ['--import', PRELOAD], env }, async (stage) => {
        let over: Promise<void> = Promise.resolve();
        return (await BrokenCall.begin(stage)).run(
          {
            async fault({ visitor }) {
              // What was synthesised already is still said.
              stage.server.signal('SIGUSR2');
              await visitor.untilQuiet(20_000);
              over = pause(DEAD_MS).then(() => {
                if (stage.server.running) stage.server.signal('SIGUSR2');
              });
              return Date.now();
            },
            meanwhileAfter: QUESTIONS.weather,
            between: () => over,
          },
          context,
        );
      }),
  };
}

/** What happens to what hears, speaks and knows. */
export const ENGINES: readonly Scenario[] = [
  {
    name: 'stt-dead',
    about: 'the process of speech recognition is killed: the call hears again, or says that it cannot',
    limitMs: DEAD_AIR_MS,
    run: (context) =>
      onStage({}, async (stage) =>
        (await BrokenCall.begin(stage)).run(
          {
            async fault(call) {
              signalRecogniser(call, 'SIGKILL');
              return Date.now();
            },
          },
          context,
        ),
      ),
  },
  {
    name: 'stt-stall',
    about:
      'the process of speech recognition stands still, and the caller speaks: told within two seconds, heard all the same',
    limitMs: TURN_END_MS + DEAD_AIR_MS,
    run: (context) =>
      onStage({}, async (stage) =>
        (await BrokenCall.begin(stage)).run(
          {
            async fault(call) {
              signalRecogniser(call, 'SIGSTOP');
              return Date.now();
            },
            aloudAfter: QUESTIONS.name,
          },
          context,
        ),
      ),
  },
  brokenVoice(
    'tts-dead',
    `the thread of the voice dies, again and again for ${DEAD_MS / 1000} s: another one speaks, or it is written`,
    'kill',
  ),
  brokenVoice(
    'tts-stall',
    `the thread of the voice answers nothing for ${DEAD_MS / 1000} s: another one speaks, or it is written`,
    'stall',
  ),
  {
    name: 'connector-stall',
    about:
      "the customer's system answers nothing for a minute: the caller is told, and asked to wait no longer",
    limitMs: DEAD_AIR_MS,
    async run() {
      const proxy = await DelayingProxy.open();
      const demo = await proxyDemo(proxy.url, { timeout: '3s' });
      try {
        return await onStage({ env: { SEGUE_SITES: demo.sitesFile } }, async (stage) => {
          proxy.target = stage.shop;
          return (await BrokenCall.begin(stage)).run({
            async fault({ visitor }) {
              await visitor.untilQuiet(20_000);
              proxy.delayMs = 60_000;
              return Date.now();
            },
            meanwhileAfter: { ...QUESTIONS.order, answer: /./ },
          });
        });
      } finally {
        await Promise.all([proxy.close(), demo.close()]);
      }
    },
  },
];
