import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Shop } from '../../../demo/shop.ts';
import { ADMIN_KEY, CHANNEL_KEY, openShop } from '../openShop.ts';

type Asked = { url: string; authorization: string | undefined; body: Record<string, unknown> };

const asked: Asked[] = [];
let segue: Server;
let shop: Shop;

/** A Segue server that echoes what is written, and knows one customer's thread. */
beforeAll(async () => {
  segue = createServer((request, response) => {
    let text = '';
    request.on('data', (piece) => {
      text += piece;
    });
    request.on('end', () => {
      const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
      asked.push({ url: request.url ?? '', authorization: request.headers.authorization, body });
      response.setHeader('content-type', 'application/json');
      const events = [
        event('outcome', { outcome: 'resolved' }),
        event('turn.assistant', {}, { text: 'Hello <b>Jane</b>.' }),
        event('turn.caller', {}, { text: 'Where is my order?' }),
      ];
      const isMessage = request.url?.startsWith('/v1/channels/');
      const said = body.text === '' ? 'Hi, this is Robin.' : `You wrote ${String(body.text)}`;
      response.end(JSON.stringify(isMessage ? { text: said, contactId: 'msg_1' } : { events }));
    });
  });
  await new Promise<void>((resolve) => segue.listen(0, '127.0.0.1', resolve));
  const { port } = segue.address() as AddressInfo;
  shop = await openShop({ segueOrigin: `http://127.0.0.1:${port}` });
});
afterAll(async () => {
  await shop.close();
  segue.close();
});

const event = (kind: string, data: object, personal: object = {}) => ({
  kind,
  atMs: 0,
  contactId: 'call_1',
  channel: 'voice',
  data,
  personal,
});

async function get(path: string, cookie = ''): Promise<{ status: number; text: string; cookie: string }> {
  const response = await fetch(`${shop.origin}${path}`, { headers: { cookie } });
  const set = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
  return { status: response.status, text: await response.text(), cookie: set };
}

async function post(path: string, cookie: string, fields: Record<string, string>): Promise<Response> {
  return await fetch(`${shop.origin}${path}`, {
    method: 'POST',
    headers: { cookie },
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
}

describe('the chat', () => {
  test('greets, and keeps what was written', async () => {
    const { text, cookie } = await get('/chat');
    expect(text).toContain('Hi, this is Robin.');
    expect((await post('/chat', cookie, { text: 'where is <it>' })).status).toBe(303);
    expect((await get('/chat', cookie)).text).toMatch(
      /where is &lt;it&gt;[\s\S]*You wrote where is &lt;it&gt;/,
    );
  });

  test('hands messages in under one name, with the key of the channel, and no customer for a guest', async () => {
    const { cookie } = await get('/chat');
    await post('/chat', cookie, { text: 'hello' });
    const [greeted, wrote] = asked.slice(-2);
    expect(wrote?.url).toBe('/v1/channels/chat/messages');
    expect(wrote?.authorization).toBe(`Bearer ${CHANNEL_KEY}`);
    expect(wrote?.body).toMatchObject({ site: 'demo', text: 'hello', thread: greeted?.body.thread });
    expect(wrote?.body).not.toHaveProperty('customerId');
  });

  test('begins anew, in the customer’s name, when somebody signs in', async () => {
    const { cookie } = await get('/chat');
    const before = asked.at(-1)?.body.thread;
    const signedIn = await post('/sign-in', cookie, { customer: 'cus_jane' });
    const fresh = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    await get('/chat', fresh);
    expect(asked.at(-1)?.body).toMatchObject({ customerId: 'cus_jane' });
    expect(asked.at(-1)?.body.thread).not.toBe(before);
  });

  test('says so when the assistant cannot be reached', async () => {
    const alone = await openShop();
    const response = await fetch(`${alone.origin}/chat`);
    expect(await response.text()).toMatch(/role="alert"[\s\S]*cannot be reached/);
    await alone.close();
  });
});

describe('the thread of a customer', () => {
  test('shows contacts with what was said, escaped, and their outcome', async () => {
    const { text } = await get('/back-office/thread/cus_jane');
    expect(text).toMatch(
      /Call[\s\S]*Resolved[\s\S]*Where is my order\?[\s\S]*Hello &lt;b&gt;Jane&lt;\/b&gt;\./,
    );
    expect(asked.at(-1)?.authorization).toBe(`Bearer ${ADMIN_KEY}`);
  });

  test('is not there for nobody', async () => {
    expect((await get('/back-office/thread/cus_nobody')).status).toBe(404);
  });
});
