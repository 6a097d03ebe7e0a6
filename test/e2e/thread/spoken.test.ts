import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ServerUnderTest } from '../../../scripts/bench/server.ts';
import { placeCall } from '../../../scripts/call/caller.ts';
import { shopIdentity } from '../../../scripts/call/shopIdentity.ts';
import { prepareTurns } from '../../../scripts/call/turn.ts';
import { loadFlite } from '../../../server/speech/engines/flite.ts';
import { systemClock } from '../../../shared/clock.ts';
import type { SessionOpened } from '../../../shared/events.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { returnOfYesterday } from '../returnOfYesterday.ts';
import { THREAD_DATABASES, type ThreadDatabase } from './databases.ts';

describe.each(THREAD_DATABASES)('a thread of spoken calls in $name', ({ missing: noDatabase, open }) => {
  let server: ServerUnderTest;
  let database: ThreadDatabase;
  let missing = noDatabase;

  beforeAll(async () => {
    if (missing) return;
    database = await open();
    server = await ServerUnderTest.start({ ...process.env, ...database.env });
    const { parts } = (await (await fetch(`${server.url}/readyz`)).json()) as {
      parts: Record<string, { ok: boolean; detail?: string }>;
    };
    const lame = ['media', 'stt', 'tts'].find((part) => !parts[part]?.ok);
    missing = lame ? `${lame}: ${parts[lame]?.detail}` : null;
    if (missing) console.warn(`skipped: ${missing}`);
  });
  afterAll(async () => {
    await server?.close();
    await database?.close();
  });
  beforeEach(({ skip }) => skip(missing !== null, missing ?? ''));

  async function call(customer: string | null, lines: string[], context: JsonObject = {}) {
    const engine = await loadFlite();
    const turns = await prepareTurns(
      lines.map((text) => ({ kind: 'say' as const, text })),
      engine,
      'rms',
    ).finally(() => engine.close());
    return placeCall(
      {
        url: server.url,
        origin: server.origin,
        site: 'demo',
        lang: 'en',
        page: `${server.origin}/`,
        context,
        identity: customer === null ? null : await shopIdentity(server.origin, customer),
        turns,
        bargeInMs: null,
        dtx: false,
      },
      systemClock,
    );
  }

  test('a return that was begun on the page yesterday is named and finished', async () => {
    const lines = ['Yes.', 'I want to drop it off.', 'Yes, that is right.'];
    const spoken = await call('cus_jane', lines, returnOfYesterday());
    expect(spoken.greeting).toMatch(/started returning the oak desk lamp yesterday/);
    expect(spoken.turns.map(({ assistant }) => assistant)).toEqual([
      expect.stringMatching(/pick it up, or will you drop it off/),
      expect.stringMatching(/drop the oak desk lamp off at a parcel shop\. Is that right/),
      expect.stringMatching(/^Done\. The label is in your e-mail/),
    ]);
  });

  test('a call that was hung up in the middle is offered in the next one', async () => {
    const first = await call('cus_jane', ['I want to change the delivery address.']);
    expect(first.turns[0]?.assistant).toMatch(/Which order/);
    const second = await call('cus_jane', ['Yes.']);
    expect(second.greeting).toMatch(
      /Last time we were busy with the delivery address\. Shall we finish that/,
    );
    expect(second.turns[0]?.assistant).toMatch(/back to the delivery address\..*Which order/);
  });

  test('a wish to be spoken to more slowly holds in the next one', async () => {
    const first = await call('cus_mateo', ['Could you speak slower please?']);
    expect(first.turns[0]?.assistant).toMatch(/slow/);
    const response = await fetch(`${server.url}/v1/customers/cus_mateo/memory`, {
      headers: { authorization: `Bearer ${server.adminKey}` },
    });
    expect(await response.json()).toMatchObject({ tendencies: { rate: 0.85 } });
  });

  test('a page that claims to be somebody else gets nothing private', async () => {
    const claims = {
      customer: { id: 'cus_jane', firstName: 'Jane', email: 'jane@example.com' },
      returns: [{ id: 'R-2041', orderNumber: '10427', status: 'started' }],
    };
    const spoken = await call(null, ['I want to change the delivery address.'], claims);
    expect(spoken.greeting).not.toMatch(/Last time|lamp/);
    expect(spoken.turns[0]?.assistant).toMatch(/check who you are/);
  });

  /** A chat in the page of somebody who is signed in. */
  async function chat(customer: string): Promise<(text: string) => Promise<string>> {
    const post = async (path: string, body: JsonObject, bearer?: string): Promise<unknown> => {
      const response = await fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          origin: server.origin,
          ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
        },
        body: JSON.stringify(body),
      });
      expect(response.status).toBe(200);
      return await response.json();
    };
    const identity = await shopIdentity(server.origin, customer);
    const { token } = (await post('/v1/sessions', { site: 'demo', lang: 'en', identity })) as SessionOpened;
    return async (text) =>
      ((await post('/v1/channels/chat/messages', { text }, token)) as { text: string }).text;
  }

  test('a change goes from a chat to a call and back to the chat, and nothing is asked twice', async () => {
    const write = await chat('cus_amelie');
    expect(await write('I want to change the delivery address')).toMatch(/new address/);
    expect(await write('14 Harbour Road, Falmouth')).toMatch(/postcode/);
    const spoken = await call('cus_amelie', ['Yes.']);
    expect(spoken.greeting).toMatch(/Last time we were busy with the delivery address\. Shall/);
    expect(spoken.turns[0]?.assistant).toMatch(/back to the delivery address\..*postcode/);
    expect(await write('yes')).toMatch(/back to the delivery address\..*postcode/);
    expect(await write('TR11 4AB')).toMatch(/10455 goes to 14 Harbour Road.* Is that right/);
    expect(await write('yes')).toMatch(/^Done\./);
  });
});
