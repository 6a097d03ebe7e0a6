import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_KEY, JANE, openEdge } from './openEdge.ts';

const admin = { authorization: `Bearer ${ADMIN_KEY}` };

let edge: Awaited<ReturnType<typeof openEdge>>;
beforeAll(async () => {
  edge = await openEdge();
});
afterAll(() => edge.close());

describe("a customer's memory by HTTP", () => {
  test('is told to the holder of the admin key, and to nobody else', async () => {
    expect((await edge.get('/v1/customers/cus_jane/memory', null)).status).toBe(401);
    const response = await edge.get('/v1/customers/cus_jane/memory');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({
      people: [JANE],
      memory: { unfinished: [] },
      tendencies: { rate: 1 },
    });
  });

  test('of somebody unknown, or of no site, is an error of the catalogue', async () => {
    const unknown = await edge.get('/v1/customers/nobody/memory');
    expect(await unknown.json()).toMatchObject({ error: { code: 'CUSTOMER_UNKNOWN' } });
    const elsewhere = await edge.get('/v1/customers/cus_jane/memory?site=none');
    expect(await elsewhere.json()).toMatchObject({ error: { code: 'SITE_UNKNOWN' } });
  });

  test('is drawn anew on demand', async () => {
    const url = `${edge.url}/v1/memory/rebuild`;
    expect((await fetch(url, { method: 'POST' })).status).toBe(401);
    expect((await fetch(url, { method: 'POST', headers: admin })).status).toBe(202);
  });
});

describe('ids of a browser', () => {
  test('are taken when they are random words, and refused otherwise', async () => {
    expect((await edge.post({ visitor: 'a'.repeat(32), device: 'b'.repeat(32) })).status).toBe(200);
    for (const visitor of [
      'short',
      'a'.repeat(65),
      '<script>alert(1)</script>',
      "'; DROP TABLE people",
      7,
      {},
    ]) {
      expect((await edge.post({ visitor })).status, String(visitor)).toBe(400);
    }
  });

  test('go into the session as digests only', async () => {
    const opened = (await (await edge.post({ visitor: 'v'.repeat(32) })).json()) as { sessionId: string };
    const { handles } = edge.sessions.get(opened.sessionId);
    expect(handles).toMatchObject([{ kind: 'visitor', proof: 'kept' }]);
    expect(JSON.stringify(handles)).not.toContain('vvvv');
  });
});
