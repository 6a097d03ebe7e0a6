import { systemClock } from '../../shared/clock.ts';
import type { TimelineEntry } from '../../shared/timeline.ts';
import { placeCall } from '../call/caller.ts';
import { spread } from '../call/percentiles.ts';
import { type CallReport, callFailed } from '../call/report.ts';
import { DelayingProxy } from './delayingProxy.ts';
import { limited, type Measurement, type Row } from './measurement.ts';
import { type ProxiedDemo, proxyDemo } from './proxiedDemo.ts';
import { callRequest } from './scenarios.ts';
import { ServerUnderTest } from './server.ts';

const ROUNDS = 8;
const QUICK_ROUNDS = 2;
const DELAYS_MS = { fast: 10, slow: 5_000 } as const;
/** Longer than the slow answer takes. */
const TIMEOUT = '10s';
const LATER_LIMIT_MS = 300;
/** What the slow system is asked for before a greeting. */
const SOURCE = 'customer.overview';
/** Two of the shop, so that nothing is known of the second from the first one's call. */
const CUSTOMERS = ['cus_jane', 'cus_mateo'] as const;

type Kind = keyof typeof DELAYS_MS;
type Greeted = {
  kind: Kind;
  customer: string;
  /** Answered → the first audible sample at the caller's ear. */
  heardMs: number | null;
  /** The same until the server sends it; and how long it waited for what is known of the caller. */
  sentMs: number | null;
  rehydratedMs: number | null;
  /** How the slow system did: `inTime`, `late` or `failed`. */
  outcome: string | null;
  errors: CallReport['errors'];
};

/** How much later a customer is greeted when the shop's systems take five seconds. */
export const greeting: Measurement = {
  name: 'greeting',
  title: 'Greeting, with the shop’s systems fast (10 ms) and slow (5 s)',
  async run({ quick, progress }) {
    const proxy = await DelayingProxy.open();
    const demo = await proxyDemo(proxy.url, { timeout: TIMEOUT });
    const greeted: Greeted[] = [];
    const rounds = quick ? QUICK_ROUNDS : ROUNDS;
    try {
      for (let round = 0; round < rounds; round++) {
        greeted.push(...(await measureRound(proxy, demo, round)));
        progress(`round ${round + 1} of ${rounds}`);
      }
    } finally {
      await proxy.close();
      await demo.close();
    }
    return describe(greeted);
  },
};

/**
 * A server that knows nothing yet, and a call of each kind. Which is the first, and which customer gets which, changes
 * with the rounds.
 */
async function measureRound(proxy: DelayingProxy, demo: ProxiedDemo, round: number): Promise<Greeted[]> {
  const server = await ServerUnderTest.start({ ...process.env, SEGUE_SITES: demo.sitesFile });
  try {
    proxy.target = server.origin;
    proxy.delayMs = DELAYS_MS.fast;
    // A stranger's call: the first voice of a server takes longer.
    await placeCall({ ...(await callRequest(server, [])), identity: null }, systemClock);
    const kinds: Kind[] = round % 2 === 0 ? ['fast', 'slow'] : ['slow', 'fast'];
    const greeted: Greeted[] = [];
    for (const [index, kind] of kinds.entries()) {
      proxy.delayMs = DELAYS_MS[kind];
      const customer = CUSTOMERS[(index + (round >> 1)) % CUSTOMERS.length] ?? CUSTOMERS[0];
      const report = await placeCall(await callRequest(server, [], customer), systemClock);
      const timeline = report.callId === null ? [] : await server.timeline(report.callId);
      greeted.push({ kind, customer, ...greetedBy(report, timeline) });
    }
    return greeted;
  } finally {
    await server.close();
  }
}

function greetedBy(
  report: CallReport,
  timeline: readonly TimelineEntry[],
): Omit<Greeted, 'kind' | 'customer'> {
  const first = (type: TimelineEntry['type']) => timeline.find((entry) => entry.type === type);
  const answered = first('call.answered');
  const audio = first('assistant.audio.start');
  const rehydrated = first('context.rehydrated');
  const sources = rehydrated?.sources as Record<string, string> | undefined;
  return {
    heardMs: report.greetingMs,
    sentMs: answered && audio ? audio.tMs - answered.tMs : null,
    rehydratedMs: typeof rehydrated?.durationMs === 'number' ? rehydrated.durationMs : null,
    outcome: sources?.[SOURCE] ?? null,
    errors: callFailed(report) ? report.errors : [],
  };
}

function describe(greeted: readonly Greeted[]) {
  const errors = greeted.flatMap((one) => one.errors);
  const fast = figuresOf(greeted, 'fast');
  const slow = figuresOf(greeted, 'slow');
  const laterMs = slow.heard && fast.heard ? slow.heard.p50 - fast.heard.p50 : undefined;
  const asMeant = greeted.filter(({ kind, outcome }) => outcome === (kind === 'slow' ? 'late' : 'inTime'));
  return {
    rows: [
      ...rowsOf('fast', fast),
      ...rowsOf('slow', slow),
      limited('later by (p50)', laterMs, LATER_LIMIT_MS),
      {
        name: 'in time when fast, late when slow',
        value: `${asMeant.length} of ${greeted.length} calls`,
        limit: 'all',
        met: asMeant.length === greeted.length,
      },
      { name: 'errors', value: String(errors.length), limit: '0', met: errors.length === 0 },
    ] satisfies Row[],
    data: { fast, slow, laterMs: laterMs ?? null, calls: greeted.map((one) => ({ ...one })) },
  };
}

function figuresOf(greeted: readonly Greeted[], kind: Kind) {
  const ofKind = greeted.filter((one) => one.kind === kind);
  return {
    heard: spread(ofKind.flatMap(({ heardMs }) => heardMs ?? [])),
    sent: spread(ofKind.flatMap(({ sentMs }) => sentMs ?? [])),
    rehydrated: spread(ofKind.flatMap(({ rehydratedMs }) => rehydratedMs ?? [])),
  };
}

function rowsOf(kind: Kind, figures: ReturnType<typeof figuresOf>): Row[] {
  const row = (name: string, of: keyof typeof figures): Row => {
    const { p50, p95 } = figures[of] ?? {};
    return { name: `${kind}: ${name}`, value: `p50 ${p50 ?? '—'} ms, p95 ${p95 ?? '—'} ms` };
  };
  return [
    row('answered → heard', 'heard'),
    row('answered → sent', 'sent'),
    row('waited for what is known', 'rehydrated'),
  ];
}
