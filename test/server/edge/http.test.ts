import fc from 'fast-check';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERRORS } from '../../../shared/errors.ts';
import { ADMIN_KEY, type Edge, IDENTITY_SECRET, openEdge, SHOP } from './openEdge.ts';

let edge: Edge;
beforeAll(async () => {
  edge = await openEdge();
});
afterAll(() => edge.close());

async function errorOf(response: Response): Promise<{ status: number; code: string }> {
  const { error } = (await response.json()) as { error: { code: string } };
  return { status: response.status, code: error.code };
}

describe('POST /v1/sessions', () => {
  test('opens a session with what the page says', async () => {
    const opened = await edge.open({
      site: 'demo',
      lang: 'fr-CA',
      page: { url: `${SHOP}/cart`, title: 'Cart', referrer: '', language: 'en' },
      context: { cart: { totalCents: 4_200 } },
      events: [{ name: 'payment_failed', data: { reason: 'expired_card' }, agoMs: 500 }],
    });
    expect(opened).toMatchObject({ language: 'fr', voice: false });
    expect(opened.expiresAt).toBeGreaterThan(Date.now());
    const context = await (await edge.get(`/v1/sessions/${opened.sessionId}/context`)).json();
    expect(context).toMatchObject({
      facts: {
        cart: { value: { totalCents: 4_200 }, source: 'page' },
        'page.url': { value: `${SHOP}/cart` },
      },
      events: [{ name: 'payment_failed' }],
    });
  });

  test('takes the language of the page, then of the browser', async () => {
    expect(await edge.open({ page: { language: 'de' } })).toMatchObject({ language: 'de' });
    const response = await edge.post({}, { 'accept-language': 'ar-EG,ar;q=0.9' });
    expect(await response.json()).toMatchObject({ language: 'ar' });
  });

  test('believes a signed identity', async () => {
    const identity = await new SignJWT({ name: 'Jane' })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('cus_jane')
      .setAudience('segue')
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(IDENTITY_SECRET));
    const { sessionId } = await edge.open({ identity });
    expect(edge.sessions.get(sessionId).subject).toEqual({ customerId: 'cus_jane' });
  });

  test('answers a permitted origin, and lets its page read the answer', async () => {
    const response = await edge.post({});
    expect(response.headers.get('access-control-allow-origin')).toBe(SHOP);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('refuses a foreign origin, and a page without one', async () => {
    for (const origin of ['https://evil.example', 'null', `${SHOP}.evil.example`]) {
      const response = await edge.post({}, { origin });
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      expect(await errorOf(response)).toEqual({ status: 403, code: 'ORIGIN_NOT_ALLOWED' });
    }
  });

  test.each([
    ['an unknown site', { site: 'nowhere' }, 'SITE_UNKNOWN'],
    ['a broken identity', { identity: 'a.b.c' }, 'IDENTITY_INVALID'],
    ['context that is no object', { context: 'cart' }, 'BAD_REQUEST'],
    ['context beyond its size', { context: { note: 'x'.repeat(40_000) } }, 'CONTEXT_INVALID'],
    ['an event without a proper name', { events: [{ name: '<script>' }] }, 'BAD_REQUEST'],
    ['no JSON', '{"site":', 'BAD_REQUEST'],
    ['a megabyte', { context: { note: 'x'.repeat(1_000_000) } }, 'PAYLOAD_TOO_LARGE'],
    ['a prototype key', '{"context":{"__proto__":{"admin":true}}}', 'BAD_REQUEST'],
    ['a list', [], 'BAD_REQUEST'],
  ])('refuses %s with a catalogued error', async (_, body, code) => {
    const error = await errorOf(await edge.post(body));
    expect(error).toEqual({ status: ERRORS[code as keyof typeof ERRORS].status, code });
  });

  test('answers whatever is posted with the catalogue, and lives on', async () => {
    const bodies = fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .record({ site: fc.anything(), lang: fc.anything(), page: fc.anything(), context: fc.anything() })
        .map((body) => JSON.stringify(body, (_, value: unknown) => (typeof value === 'bigint' ? 1 : value))),
    );
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const response = await edge.post(body);
        if (response.status === 200) return;
        const { code } = await errorOf(response);
        expect(Object.keys(ERRORS)).toContain(code);
        expect(code).not.toBe('INTERNAL');
      }),
      { numRuns: 150 },
    );
    expect((await edge.get('/healthz')).status).toBe(200);
  });
});

describe('the read API', () => {
  test('needs the admin key', async () => {
    for (const path of ['/v1/sessions/ses_1/context', '/v1/calls/call_1', '/v1/calls/call_1/timeline']) {
      for (const key of [null, '', 'wrong', `${ADMIN_KEY}x`]) {
        const response = await edge.get(path, key);
        expect(await errorOf(response)).toEqual({ status: 401, code: 'ADMIN_KEY_INVALID' });
      }
    }
  });

  test('tells what it does not know', async () => {
    expect(await errorOf(await edge.get('/v1/sessions/ses_1/context'))).toMatchObject({
      code: 'SESSION_UNKNOWN',
    });
    expect(await errorOf(await edge.get('/v1/calls/call_1'))).toMatchObject({ code: 'CALL_UNKNOWN' });
    expect(await errorOf(await edge.get('/v1/calls/..%2F..%2Fetc/timeline'))).toMatchObject({
      code: 'CALL_UNKNOWN',
    });
    expect(await errorOf(await edge.get('/nothing'))).toEqual({ status: 404, code: 'NOT_FOUND' });
  });
});

describe('for operators', () => {
  test('health, readiness, metrics and the description answer', async () => {
    expect(await (await edge.get('/healthz', null)).json()).toEqual({ status: 'ok' });
    expect((await edge.get('/readyz', null)).status).toBe(200);
    expect((await edge.get('/metrics', null)).headers.get('content-type')).toContain('text/plain');
  });

  test('openapi.json in the project is what the server serves', async () => {
    const response = await edge.get('/openapi.json', null);
    expect(response.status).toBe(200);
    const description: unknown = await response.json();
    await expect(`${JSON.stringify(description, null, 2)}\n`).toMatchFileSnapshot('../../../openapi.json');
  });
});
