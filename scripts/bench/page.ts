import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { findChromium, launchBrowser } from '../../test/e2e/browser.ts';
import { writeWav } from '../call/wav.ts';
import { TASK_CATEGORIES, taskTimes } from './longestTasks.ts';
import type { Measurement, Row } from './measurement.ts';
import { noiseOf } from './noise.ts';
import { threadTimes } from './threads.ts';

/** Quiet stretches of a call, each shorter than the server's patience with a silent caller. */
const STRETCHES = 3;
const STRETCH_MS = 7_000;
/** After the assistant's last sound. */
const SETTLE_MS = 700;
const LIMIT_PERCENT = 5;
const LONG_TASK_MS = 50;
const TURN_LIMIT_MS = 60_000;

/**
 * Threads that run what is ours: script and layout, the worklet, drawing. The others are the browser's own for any
 * call: WebRTC, capture with echo cancellation, playback.
 */
const OURS: readonly (readonly [label: string, threads: RegExp])[] = [
  ['main thread', /^main$/],
  ['AudioWorklet', /^(Realtime Audio|AudioWorklet)/],
  ['drawing', /^(Compositor|CompositorTile|VizCompositor)/],
  ['script workers', /^DedicatedWorker/],
];

type Threads = Map<string, number>;
type Spied = { talks: boolean; longTasks: { startTime: number; duration: number }[] };
type Spent = { threads: Threads; longTasksMs: number[] };

/** What a call costs the customer's page while nobody speaks. */
export const page: Measurement = {
  name: 'page',
  title: 'The page, idle in a call (real Chromium)',
  async run({ server, quick, progress }) {
    if (!findChromium()) throw new Error('there is no Chromium: set SEGUE_CHROMIUM or run npm run setup');
    const { origin } = await server();
    const folder = await mkdtemp(join(tmpdir(), 'segue-bench-'));
    const microphoneWav = join(folder, 'room.wav');
    const room = noiseOf('white', 1)(4 * 48_000).map((sample) => sample * 2e-4);
    await writeFile(microphoneWav, writeWav({ rateHz: 48_000, samples: room }));
    try {
      const tasksMs = await withBrowser(microphoneWav, (browser) => tasksOfCall(browser, origin));
      const stretches = quick ? 1 : STRETCHES;
      const spent = await withBrowser(microphoneWav, async (browser): Promise<Spent> => {
        const tab = await openShop(browser, origin);
        const clickedMs = await tab.evaluate(() => performance.now());
        await beginCall(tab);
        const threads = await idleTimes(browser, tab, stretches, progress);
        return { threads, longTasksMs: await longTasks(tab, clickedMs) };
      });
      return result(spent, stretches * STRETCH_MS, tasksMs);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function withBrowser<Value>(
  microphoneWav: string,
  run: (browser: Browser) => Promise<Value>,
): Promise<Value> {
  const browser = await launchBrowser({ microphoneWav });
  try {
    return await run(browser);
  } finally {
    await browser.close();
  }
}

async function idleTimes(
  browser: Browser,
  tab: Page,
  stretches: number,
  progress: (line: string) => void,
): Promise<Threads> {
  const spent: Threads = new Map();
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    if (stretch > 0) await keepTalking(tab);
    await untilQuiet(tab);
    const before = await rendererTimes(browser);
    await pause(STRETCH_MS);
    const after = await rendererTimes(browser);
    for (const [name, ms] of after) {
      spent.set(name, (spent.get(name) ?? 0) + ms - (before.get(name) ?? 0));
    }
    progress(`stretch ${stretch + 1} of ${stretches}`);
  }
  return spent;
}

/**
 * From the visitor's click until the greeting is over, which is the heaviest part for the main thread. In a browser of
 * its own: one that was traced goes on drawing every frame.
 */
async function tasksOfCall(browser: Browser, origin: string): Promise<number[]> {
  const tab = await openShop(browser, origin);
  await browser.startTracing(tab, { categories: TASK_CATEGORIES });
  await beginCall(tab);
  await untilQuiet(tab);
  return taskTimes(await browser.stopTracing());
}

async function openShop(browser: Browser, origin: string): Promise<Page> {
  const context = await browser.newContext();
  await context.grantPermissions(['microphone'], { origin });
  await context.addInitScript(() => {
    const spied: Spied = Object.assign(window, { talks: true, longTasks: [] });
    new PerformanceObserver((list) => spied.longTasks.push(...list.getEntries())).observe({
      type: 'longtask',
      buffered: true,
    });
    addEventListener('segue-speech', (event) => {
      const { who, active } = (event as CustomEvent<{ who: string; active: boolean }>).detail;
      if (who === 'assistant') spied.talks = active;
    });
  });
  const tab = await context.newPage();
  await tab.goto(origin);
  return tab;
}

/** Until the device hears with its network. */
async function beginCall(tab: Page): Promise<void> {
  await tab.locator('segue-voice').getByRole('button').first().click();
  await tab.waitForFunction(
    () =>
      performance.getEntriesByName('segue:ears').some((mark) => {
        return ((mark as PerformanceMark).detail as { engine: string }).engine === 'silero';
      }),
    undefined,
    { timeout: TURN_LIMIT_MS },
  );
}

/** What the browser itself calls a long task (Long Tasks API: 50 ms and more by the wall clock), longest first. */
async function longTasks(tab: Page, sinceMs: number): Promise<number[]> {
  const tasks = await tab.evaluate(() =>
    (window as unknown as Spied).longTasks.map(({ startTime, duration }) => ({ startTime, duration })),
  );
  return tasks
    .filter(({ startTime }) => startTime >= sinceMs)
    .map(({ duration }) => Math.round(duration))
    .toSorted((one, other) => other - one);
}

/** Has the assistant answer, so that it does not ask after a silent caller. */
async function keepTalking(tab: Page): Promise<void> {
  await tab.evaluate(async () => {
    (window as unknown as Spied).talks = true;
    const element = document.querySelector('segue-voice') as HTMLElement & {
      sendText(text: string): Promise<void>;
    };
    await element.sendText('What are your opening hours?');
  });
}

async function untilQuiet(tab: Page): Promise<void> {
  await tab.waitForFunction(() => !(window as unknown as Spied).talks, undefined, {
    timeout: TURN_LIMIT_MS,
  });
  await pause(SETTLE_MS);
}

async function rendererTimes(browser: Browser): Promise<Threads> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const all: Threads = new Map();
  for (const { type, id } of processInfo) {
    if (type !== 'renderer') continue;
    for (const [name, ms] of threadTimes(id)) all.set(name, (all.get(name) ?? 0) + ms);
  }
  return all;
}

function result({ threads: spent, longTasksMs }: Spent, lastedMs: number, tasksMs: readonly number[]) {
  const percentOf = (threads: RegExp) => {
    const ms = [...spent].reduce((sum, [name, spentMs]) => (threads.test(name) ? sum + spentMs : sum), 0);
    return Math.round((1_000 * ms) / lastedMs) / 10;
  };
  const parts = OURS.map(([label, threads]) => ({ label, percent: percentOf(threads) }));
  const ours = parts.reduce((sum, { percent }) => sum + percent, 0);
  const whole = percentOf(/./);
  const longest = tasksMs[0] ?? 0;
  const rows: Row[] = [
    {
      name: 'of a core, ours',
      value: `${ours.toFixed(1)} % (${parts.map(({ label, percent }) => `${label} ${percent}`).join(', ')})`,
      limit: `< ${LIMIT_PERCENT} %`,
      met: ours < LIMIT_PERCENT,
    },
    { name: 'of a core, with the browser’s own audio and network', value: `${whole.toFixed(1)} %` },
    {
      name: 'longest task of the main thread since the click',
      value: `${Math.round(longest)} ms of computing`,
      limit: `≤ ${LONG_TASK_MS} ms`,
      met: longest <= LONG_TASK_MS,
    },
    {
      name: 'long tasks since the click, by the wall clock',
      value: longTasksMs.length === 0 ? 'none' : `${longTasksMs.length}: ${longTasksMs.join(', ')} ms`,
      limit: 'none',
      met: longTasksMs.length === 0,
    },
  ];
  const threads = Object.fromEntries([...spent].filter(([, ms]) => ms > 0));
  return {
    rows,
    data: {
      oursPercent: ours,
      wholePercent: whole,
      longestTasksMs: tasksMs.slice(0, 10),
      longTasksByWallMs: longTasksMs,
      threadsMs: threads,
    },
  };
}
