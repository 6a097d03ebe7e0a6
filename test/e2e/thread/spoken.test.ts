import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServerUnderTest } from '../../../scripts/bench/server.ts';
import { placeCall } from '../../../scripts/call/caller.ts';
import { shopIdentity } from '../../../scripts/call/shopIdentity.ts';
import { prepareTurns } from '../../../scripts/call/turn.ts';
import { loadFlite } from '../../../server/speech/engines/flite.ts';
import { systemClock } from '../../../shared/clock.ts';
import type { JsonObject } from '../../../shared/json.ts';

describe('a thread of spoken calls', () => {
  let server: ServerUnderTest;
  let missing: string | null = null;

  beforeAll(async () => {
    server = await ServerUnderTest.start();
    const { parts } = (await (await fetch(`${server.url}/readyz`)).json()) as {
      parts: Record<string, { ok: boolean; detail?: string }>;
    };
    const lame = ['media', 'stt', 'tts'].find((part) => !parts[part]?.ok);
    missing = lame ? `${lame}: ${parts[lame]?.detail}` : null;
    if (missing) console.warn(`skipped: ${missing}`);
  });
  afterAll(() => server?.close());

  async function call(customer: string, lines: string[], context: JsonObject = {}) {
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
        identity: await shopIdentity(server.origin, customer),
        turns,
        bargeInMs: null,
        dtx: false,
      },
      systemClock,
    );
  }

  test('a call that was hung up in the middle is offered in the next one', async ({ skip }) => {
    skip(missing !== null, missing ?? '');
    const first = await call('cus_jane', ['I want to change the delivery address.']);
    expect(first.turns[0]?.assistant).toMatch(/Which order/);
    const second = await call('cus_jane', ['Yes.']);
    expect(second.greeting).toMatch(
      /Last time we were busy with the delivery address\. Shall we finish that/,
    );
    expect(second.turns[0]?.assistant).toMatch(/back to the delivery address\..*Which order/);
  });

  test('a wish to be spoken to more slowly holds in the next one', async ({ skip }) => {
    skip(missing !== null, missing ?? '');
    const first = await call('cus_mateo', ['Could you speak slower please?']);
    expect(first.turns[0]?.assistant).toMatch(/slow/);
    const response = await fetch(`${server.url}/v1/customers/cus_mateo/memory`, {
      headers: { authorization: `Bearer ${server.adminKey}` },
    });
    expect(await response.json()).toMatchObject({ tendencies: { rate: 0.85 } });
  });
});
