import type { Socket } from 'socket.io-client';
import { afterEach, describe, expect, test } from 'vitest';
import type { CallAttached, CallStarted, Transcript } from '../../../shared/events.ts';
import { scriptedPolicy } from '../../fakes/policy.ts';
import { ask, type Edge, next, openEdge } from './openEdge.ts';

const LINE = 'line-of-this-page';

let edge: Edge;
afterEach(() => edge.close());

type Opened = { socket: Socket; token: string; sessionId: string; callId: string };

/** A call in writing that has greeted. */
async function call(): Promise<Opened> {
  const { token, sessionId } = await edge.open({ context: { cart: 1, coupon: 'A' } });
  const socket = edge.socket(token);
  const greeted = next(socket, 'transcript');
  const started = await ask(socket, 'call.start', { media: false });
  await greeted;
  return { socket, token, sessionId, callId: (started as { data: CallStarted }).data.callId };
}

const attach = async (socket: Socket): Promise<CallAttached> => {
  const result = (await ask(socket, 'call.attach', { media: false })) as { data: CallAttached };
  return result.data;
};

const ends = (callId: string) =>
  expect.poll(async () => (await edge.reader.read(callId)).reason, { timeout: 5_000 });

describe('the next page', () => {
  test('goes on with the call: captions so far, state, a fresh token', async () => {
    edge = await openEdge();
    const { socket, token, sessionId, callId } = await call();
    await ask(socket, 'text.send', { text: 'hello' });
    socket.disconnect();
    const page = edge.socket(token);
    const renewed = next<{ token: string; expiresAt: number }>(page, 'session.token');
    const attached = await attach(page);
    expect(attached).toMatchObject({ callId, state: 'live', media: null });
    expect(attached.lines.map(({ text }) => text)).toContain('hello');
    expect(attached.atMs).toBeGreaterThanOrEqual(0);
    expect(await edge.tokens.verify((await renewed).token)).toBe(sessionId);
    const answered = next<Transcript>(page, 'transcript');
    expect(await ask(page, 'text.send', { text: 'again' })).toMatchObject({ ok: true });
    await answered;
  });

  test('brings its own facts; what only the page before claimed is forgotten', async () => {
    edge = await openEdge();
    const { socket, sessionId } = await call();
    const page = { url: 'https://shop.example/cart', title: 'Cart', referrer: '', language: 'en' };
    await ask(socket, 'context.replace', { page, context: { cart: 2 } });
    const facts = edge.sessions.get(sessionId).facts();
    expect(facts.cart?.value).toBe(2);
    expect(facts['page.title']?.value).toBe('Cart');
    expect(facts.coupon).toBeUndefined();
  });

  test('finds no call that has ended', async () => {
    edge = await openEdge();
    const { socket, token } = await call();
    await ask(socket, 'call.hangUp');
    expect(await ask(edge.socket(token), 'call.attach', { media: false })).toMatchObject({
      error: { code: 'CALL_NOT_STARTED' },
    });
  });
});

describe('another tab', () => {
  test('takes the call; the one before is told and hears nothing more of it', async () => {
    edge = await openEdge();
    const { socket, token, callId } = await call();
    const taken = next(socket, 'call.taken');
    const other = edge.socket(token);
    await attach(other);
    await taken;
    const late: Transcript[] = [];
    socket.on('transcript', (line: Transcript) => late.push(line));
    const answered = next(other, 'transcript');
    await ask(other, 'text.send', { text: 'here now' });
    await answered;
    expect(late).toEqual([]);
    expect(await ask(socket, 'text.send', { text: 'me too' })).toMatchObject({
      error: { code: 'CALL_NOT_STARTED' },
    });
    // The tab that lost it does not end it by going.
    socket.disconnect();
    await ask(other, 'text.send', { text: 'still there' });
    expect(edge.calls.summary(callId)?.reason).toBeNull();
  });

  test('may take it back', async () => {
    edge = await openEdge();
    const { socket, token } = await call();
    const other = edge.socket(token);
    await attach(other);
    const taken = next(other, 'call.taken');
    expect(await attach(socket)).toMatchObject({ state: 'live' });
    await taken;
    expect(await ask(socket, 'text.send', { text: 'back' })).toMatchObject({ ok: true });
  });
});

test('a line that comes back is given a fresh token each time, without asking', async () => {
  edge = await openEdge();
  const { token, sessionId } = await edge.open({ context: {} });
  await ask(edge.socket(token, undefined, { line: LINE, attempt: 1 }), 'call.start', { media: false });
  let latest = token;
  for (const attempt of [2, 3, 4]) {
    // Before the one of before is missed.
    const again = edge.socket(latest, undefined, { line: LINE, attempt });
    ({ token: latest } = await next<{ token: string }>(again, 'session.token'));
    expect(await edge.tokens.verify(latest)).toBe(sessionId);
  }
});

describe('several sockets of one line', () => {
  /** Takes part in the call once its fresh token has come. */
  const takingPart = async (token: string, attempt: number): Promise<Socket> => {
    const socket = edge.socket(token, undefined, { line: LINE, attempt });
    await next(socket, 'session.token');
    return socket;
  };

  test('the one before is not told that the call was taken: what it is told may reach the one after it', async () => {
    edge = await openEdge();
    const { token } = await edge.open({ context: {} });
    const first = edge.socket(token, undefined, { line: LINE, attempt: 1 });
    await ask(first, 'call.start', { media: false });
    const told: string[] = [];
    first.onAny((name: string) => told.push(name));
    const second = await takingPart(token, 2);
    expect(await ask(second, 'text.send', { text: 'here' })).toMatchObject({ ok: true });
    expect(await ask(first, 'text.send', { text: 'here, too' })).toMatchObject({
      error: { code: 'CALL_NOT_STARTED' },
    });
    expect(told).not.toContain('call.taken');
  });

  test('an earlier one that arrives late takes nothing from a later one', async () => {
    edge = await openEdge();
    const { token } = await edge.open({ context: {} });
    await ask(edge.socket(token, undefined, { line: LINE, attempt: 1 }), 'call.start', { media: false });
    const third = await takingPart(token, 3);
    const second = edge.socket(token, undefined, { line: LINE, attempt: 2 });
    expect(await ask(second, 'text.send', { text: 'late' })).toMatchObject({
      error: { code: 'CALL_NOT_STARTED' },
    });
    expect(await ask(third, 'text.send', { text: 'still here' })).toMatchObject({ ok: true });
  });
});

describe('a page that is left', () => {
  test('ends the call after the grace, by the caller', async () => {
    edge = await openEdge(scriptedPolicy(), 30);
    const { socket, callId } = await call();
    socket.disconnect();
    await ends(callId).toBe('caller');
  });

  test('does not when the next one comes in time', async () => {
    edge = await openEdge(scriptedPolicy(), 15_000);
    const { socket, token, callId } = await call();
    socket.disconnect();
    await attach(edge.socket(token));
    expect(edge.calls.summary(callId)?.reason).toBeNull();
  });

  test('is not one whose line is lost: that waits for longer', async () => {
    edge = await openEdge(scriptedPolicy(), 0);
    const { socket, token, callId } = await call();
    const lost = next(socket, 'disconnect');
    socket.io.engine.close();
    await lost;
    expect(await attach(edge.socket(token))).toMatchObject({ callId, state: 'live' });
  });
});
