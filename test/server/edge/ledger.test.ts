import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LedgerEvent, ledgerEvent } from '../../../server/ledger/event.ts';
import { newId } from '../../../shared/ids.ts';
import { ADMIN_KEY, type Edge, openEdge } from './openEdge.ts';

let edge: Edge;
beforeEach(async () => {
  edge = await openEdge();
});
afterEach(() => edge.close());

const person = newId('per');
const said = (n: number, fields: Partial<LedgerEvent> = {}): LedgerEvent =>
  ledgerEvent(
    {
      kind: 'turn.caller',
      site: 'demo',
      channel: 'voice',
      personId: person,
      data: { n },
      personal: { text: 'Elm Street' },
      ...fields,
    },
    Date.now(),
  );
const authorization = `Bearer ${ADMIN_KEY}`;

async function codeOf(response: Response): Promise<[number, string]> {
  const { error } = (await response.json()) as { error: { code: string } };
  return [response.status, error.code];
}

/** Reads server-sent events until there are as many as asked for. */
async function follow(query: string, count: number, headers: Record<string, string> = {}) {
  const controller = new AbortController();
  const response = await fetch(`${edge.url}/v1/ledger/stream${query}`, {
    headers: { authorization, ...headers },
    signal: controller.signal,
  });
  const events: { id: string; event: string; data: { data: { n: number }; personal?: unknown } }[] = [];
  const done = (async () => {
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += new TextDecoder().decode(chunk);
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
        if (fields.data) events.push({ ...fields, data: JSON.parse(fields.data) } as (typeof events)[number]);
      }
      if (events.length >= count) break;
    }
    controller.abort();
    return events;
  })();
  return { response, done };
}

describe('GET /v1/ledger/stream', () => {
  test('tells what happens from now on, without what is personal', async () => {
    await edge.ledger.append([said(1)]);
    const { response, done } = await follow('', 2);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    await edge.ledger.append([said(2), said(3)]);
    const events = await done;
    expect(events.map(({ data }) => data.data.n)).toEqual([2, 3]);
    expect(events[0]).toMatchObject({ id: '2', event: 'turn.caller' });
    expect(events[0]?.data).not.toHaveProperty('personal');
  });

  test('goes on behind the place that the reader names, and tells all where that is asked for', async () => {
    await edge.ledger.append([said(1), said(2), said(3)]);
    const { done } = await follow('?personal=true', 2, { 'last-event-id': '1' });
    const events = await done;
    expect(events.map(({ data }) => data.data.n)).toEqual([2, 3]);
    expect(events[0]?.data.personal).toEqual({ text: 'Elm Street' });
  });

  test('filters by site and kind', async () => {
    const { done } = await follow('?after=0&site=demo&kinds=intent,outcome', 2);
    await edge.ledger.append([
      said(1),
      said(2, { kind: 'intent' }),
      said(3, { kind: 'intent', site: 'other' }),
    ]);
    await edge.ledger.append([said(4, { kind: 'outcome' })]);
    expect((await done).map(({ data }) => data.data.n)).toEqual([2, 4]);
  });

  test('tells a flood that is larger than a page, whole', async () => {
    await edge.ledger.append(Array.from({ length: 700 }, (_, n) => said(n)));
    const { done } = await follow('?after=0', 700);
    expect((await done).map(({ data }) => data.data.n)).toEqual(Array.from({ length: 700 }, (_, n) => n));
  });

  test('says that it ends when the database goes', async () => {
    const { done } = await follow('?after=0', 1);
    edge.ledger.fault = 'gone';
    const events = await done;
    edge.ledger.fault = null;
    expect(events).toMatchObject([{ event: 'end', data: { reason: 'unavailable' } }]);
  });

  test('refuses strangers, unknown kinds and a ledger that is gone', async () => {
    expect(await codeOf(await edge.get('/v1/ledger/stream', null))).toEqual([401, 'ADMIN_KEY_INVALID']);
    expect(await codeOf(await edge.get('/v1/ledger/stream?kinds=gossip'))).toEqual([400, 'BAD_REQUEST']);
    edge.ledger.fault = 'gone';
    expect(await codeOf(await edge.get('/v1/ledger/stream'))).toEqual([503, 'LEDGER_UNAVAILABLE']);
    edge.ledger.fault = null;
  });
});

describe('a customer', () => {
  const customer = `/v1/customers/${person}`;

  test('is read newest first, in pages, by kind', async () => {
    await edge.ledger.append([
      said(1),
      said(2),
      said(3, { kind: 'intent' }),
      said(9, { personId: newId('per') }),
    ]);
    const page = async (query: string) => {
      const body = (await (await edge.get(`${customer}/ledger?${query}`)).json()) as {
        events: LedgerEvent[];
        next: number | null;
      };
      return { ns: body.events.map(({ data }) => data.n), next: body.next };
    };
    expect(await page('limit=2')).toEqual({ ns: [3, 2], next: 2 });
    expect(await page('limit=2&before=2')).toEqual({ ns: [1], next: null });
    expect(await page('kinds=intent')).toEqual({ ns: [3], next: null });
  });

  test('is read with what was recorded a moment ago', async () => {
    edge.recorder.record({ kind: 'intent', site: 'demo', channel: 'chat', personId: person });
    const body = (await (await edge.get(`${customer}/ledger`)).json()) as { events: unknown[] };
    expect(body.events).toHaveLength(1);
  });

  test('is given out whole, as one JSON object', async () => {
    await edge.ledger.append(Array.from({ length: 1_100 }, (_, n) => said(n)));
    const response = await edge.get(`${customer}/export`);
    expect(response.headers.get('content-disposition')).toContain('attachment');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const all = (await response.json()) as { about: object; events: LedgerEvent[]; notes: unknown };
    expect(all.about).toMatchObject({ site: 'demo', id: person, people: [person] });
    expect(all.events.map(({ data }) => data.n)).toEqual(Array.from({ length: 1_100 }, (_, n) => n));
    expect(all.notes).toEqual(['a note']);
  });

  test('is erased, in what comes later of a running call too, and that it was is kept', async () => {
    await edge.ledger.append([said(1)]);
    const response = await fetch(`${edge.url}${customer}`, { method: 'DELETE', headers: { authorization } });
    expect(await response.json()).toEqual({ events: 1 });
    edge.recorder.record(said(2));
    await edge.recorder.flushed();
    expect(JSON.stringify(edge.ledger.events)).not.toContain('Elm Street');
    expect(edge.ledger.events.map(({ kind }) => kind)).toEqual(['turn.caller', 'erasure', 'turn.caller']);
  });

  test('is no one’s business without the key, and may be unknown', async () => {
    for (const path of [`${customer}/ledger`, `${customer}/export`]) {
      expect(await codeOf(await edge.get(path, null))).toEqual([401, 'ADMIN_KEY_INVALID']);
    }
    const stranger = await fetch(`${edge.url}${customer}`, { method: 'DELETE' });
    expect(await codeOf(stranger)).toEqual([401, 'ADMIN_KEY_INVALID']);
    expect(await codeOf(await edge.get('/v1/customers/nobody/ledger'))).toEqual([404, 'CUSTOMER_UNKNOWN']);
    expect(await codeOf(await edge.get(`${customer}/ledger?site=none`))).toEqual([404, 'SITE_UNKNOWN']);
    expect(await codeOf(await edge.get(`${customer}/ledger?limit=0`))).toEqual([400, 'BAD_REQUEST']);
  });
});

describe('webhooks', () => {
  test('tell how far they are, and can be begun again', async () => {
    const body = await (await edge.get('/v1/webhooks')).json();
    expect(body).toMatchObject({ webhooks: [{ site: 'demo', name: 'analytics', state: 'delivering' }] });
    expect(JSON.stringify(body)).not.toContain('secret');
    const resume = (name: string) =>
      fetch(`${edge.url}/v1/webhooks/demo/${name}/resume`, { method: 'POST', headers: { authorization } });
    expect(await codeOf(await resume('none'))).toEqual([404, 'WEBHOOK_UNKNOWN']);
  });
});
