import { loadFlite } from '../../server/speech/engines/flite.ts';
import type { CallRequest } from '../call/caller.ts';
import { shopIdentity } from '../call/shopIdentity.ts';
import { prepareTurns, type Turn } from '../call/turn.ts';
import type { ServerUnderTest } from './server.ts';

/** Not the assistant's voice, and well recognised. */
const VOICE = 'rms';
/** A seeded customer of the demo shop, with orders and a return begun yesterday. */
const CUSTOMER = 'cus_jane';

/** What callers ask in one call each: orders, a return, opening hours, small talk. */
export const SCENARIOS: readonly (readonly string[])[] = [
  [
    'Where is my order?',
    'What are your opening hours?',
    'What is the status of my return?',
    'Thank you very much.',
  ],
  [
    'When are you open on Saturday?',
    'I would like to know where my order is.',
    'Who are you?',
    'What about my return?',
  ],
  ['Has my return arrived?', 'What time do you close today?', 'How are you?', 'Where is my package?'],
  [
    'Hello there.',
    'Can you tell me your opening hours?',
    'Has my order been dispatched yet?',
    'When will I get my refund?',
  ],
];

/** Turns that are long enough to interrupt with. */
export const INTERRUPTIONS: readonly string[] = [
  'Sorry, where is my order?',
  'Wait, what are your opening hours?',
  'No, I mean the status of my return.',
  'Stop please, when are you open on Saturday?',
  'Hold on, where is my package?',
];

/** Makes the callers' voices once, for all measurements. */
export async function speakAll(scenarios: readonly (readonly string[])[]): Promise<Turn[][]> {
  const engine = await loadFlite();
  try {
    const spoken: Turn[][] = [];
    for (const texts of scenarios) {
      const requests = texts.map((text) => ({ kind: 'say', text }) as const);
      spoken.push(await prepareTurns(requests, engine, VOICE));
    }
    return spoken;
  } finally {
    await engine.close();
  }
}

/** A call from the demo shop's return page, signed in where the server has its shop beside it. */
export async function callRequest(
  server: ServerUnderTest,
  turns: readonly Turn[],
  customer = CUSTOMER,
): Promise<CallRequest> {
  return {
    url: server.url,
    origin: server.origin,
    site: 'demo',
    lang: 'en',
    page: `${server.origin}/returns`,
    context: {},
    identity: await shopIdentity(server.origin, customer).catch(() => null),
    turns,
    bargeInMs: null,
    dtx: false,
  };
}
