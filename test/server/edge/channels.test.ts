import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHANNEL_KEY, type Edge, IDENTITY_SECRET, openEdge, SHOP } from './openEdge.ts';

let edge: Edge;
beforeAll(async () => {
  edge = await openEdge();
});
afterAll(() => edge.close());

async function send(
  channel: string,
  body: object,
  bearer: string,
): Promise<{ status: number; body: unknown; limit: number }> {
  const response = await fetch(`${edge.url}/v1/channels/${channel}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: SHOP, authorization: `Bearer ${bearer}` },
    body: JSON.stringify(body),
  });
  const limit = Number(response.headers.get('x-ratelimit-limit'));
  return { status: response.status, body: await response.json(), limit };
}

const errorCode = ({ body }: { body: unknown }) => (body as { error: { code: string } }).error.code;

const identityOf = (customerId: string) =>
  new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(customerId)
    .setAudience('segue')
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(IDENTITY_SECRET));

describe('POST /v1/channels/:channel/messages', () => {
  test('answers the page of a session', async () => {
    const { token } = await edge.open();
    expect(await send('chat', { text: 'hi' }, token)).toMatchObject({
      status: 200,
      body: { text: 'You said hi.', intent: 'echo', next: 'listen' },
    });
  });

  test('does not let a page say who the visitor is', async () => {
    const { token } = await edge.open();
    expect(errorCode(await send('chat', { text: 'hi', customerId: 'cus_jane' }, token))).toBe(
      'IDENTITY_INVALID',
    );
  });

  test('answers the back end of a site in the thread that it names', async () => {
    const mail = { site: 'demo', thread: '<1@example.com>', text: 'hi\n\n> earlier', customerId: 'cus_jane' };
    const first = await send('email', mail, CHANNEL_KEY);
    const second = await send('email', { ...mail, text: 'and now' }, CHANNEL_KEY);
    expect(first).toMatchObject({ status: 200, body: { text: 'You said hi.' } });
    expect((second.body as { contactId: string }).contactId).toBe(
      (first.body as { contactId: string }).contactId,
    );
  });

  test('answers a message that is delivered twice once', async () => {
    const message = { site: 'demo', thread: 't2', text: 'hi', id: 'm1' };
    const [first, second] = [
      await send('message', message, CHANNEL_KEY),
      await send('message', message, CHANNEL_KEY),
    ];
    expect(second.body).toEqual(first.body);
  });

  test('gives another sender of the same thread a conversation of their own', async () => {
    const message = { site: 'demo', thread: 't3', text: 'hi' };
    const [jane, mateo] = await Promise.all(['cus_jane', 'cus_mateo'].map((id) => identityOf(id)));
    const first = await send('message', { ...message, identity: jane }, CHANNEL_KEY);
    const second = await send('message', { ...message, identity: mateo }, CHANNEL_KEY);
    expect((second.body as { contactId: string }).contactId).not.toBe(
      (first.body as { contactId: string }).contactId,
    );
  });

  test('goes on with a sender who proves in the thread who they are', async () => {
    const message = { site: 'demo', thread: 't4', text: 'hi' };
    const first = await send('email', message, CHANNEL_KEY);
    const key = { site: 'demo', channel: 'email', thread: 't4', sender: null } as const;
    edge.threads.sessionOf(key)?.prove('cus_jane');
    const second = await send('email', message, CHANNEL_KEY);
    expect((second.body as { contactId: string }).contactId).toBe(
      (first.body as { contactId: string }).contactId,
    );
  });

  test('gives two senders who write in turns in one thread a conversation each', async () => {
    const contacts: string[] = [];
    for (const customerId of ['cus_jane', 'cus_mateo', 'cus_jane']) {
      const message = { site: 'demo', thread: 't5', text: 'hi', customerId };
      contacts.push(((await send('message', message, CHANNEL_KEY)).body as { contactId: string }).contactId);
    }
    expect(contacts[2]).toBe(contacts[0]);
    expect(contacts[1]).not.toBe(contacts[0]);
  });

  test('leaves a page in its own session, whatever thread and site it names', async () => {
    const { token } = await edge.open();
    const own = await send('chat', { text: 'hi' }, token);
    const foreign = await send('chat', { text: 'hi', site: 'demo', thread: 't4' }, token);
    expect((foreign.body as { contactId: string }).contactId).toBe(
      (own.body as { contactId: string }).contactId,
    );
    expect(errorCode(await send('email', { text: 'hi' }, token))).toBe('BAD_REQUEST');
    expect(errorCode(await send('chat', { text: 'hi', identity: 'x' }, token))).toBe('IDENTITY_INVALID');
  });

  test('limits a back end, which has one address, by its site', async () => {
    const { token } = await edge.open();
    expect((await send('chat', { text: 'hi' }, token)).limit).toBe(300);
    expect((await send('chat', { site: 'demo', thread: 't6', text: 'hi' }, CHANNEL_KEY)).limit).toBe(3_000);
  });

  test.each([
    ['a forged token', 'chat', { text: 'hi' }, 'nonsense', 'SESSION_TOKEN_INVALID'],
    ['a wrong channel key', 'email', { site: 'demo', thread: 't', text: 'hi' }, 'x', 'SESSION_TOKEN_INVALID'],
    [
      'a forged identity',
      'email',
      { site: 'demo', thread: 't', text: 'hi', identity: 'x' },
      CHANNEL_KEY,
      'IDENTITY_INVALID',
    ],
    ['no thread', 'email', { site: 'demo', text: 'hi' }, CHANNEL_KEY, 'BAD_REQUEST'],
    ['an unknown channel', 'telegraph', { text: 'hi' }, CHANNEL_KEY, 'BAD_REQUEST'],
    ['a text of a megabyte', 'chat', { text: 'x'.repeat(1e6) }, CHANNEL_KEY, 'PAYLOAD_TOO_LARGE'],
  ])('refuses %s', async (_, channel, body, bearer, code) => {
    expect(errorCode(await send(channel, body, bearer))).toBe(code);
  });
});
