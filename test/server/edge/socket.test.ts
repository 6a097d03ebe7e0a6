import fc from 'fast-check';
import { SignJWT } from 'jose';
import type { Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ERRORS, type ErrorCode, SegueError } from '../../../shared/errors.ts';
import type { CallAttached, CallStarted, Transcript } from '../../../shared/events.ts';
import { clientMessages } from '../../../shared/schemas.ts';
import { replyOf, scriptedPolicy } from '../../fakes/policy.ts';
import { ask, type Edge, next, openEdge, SHOP } from './openEdge.ts';

let edge: Edge;
beforeEach(async () => {
  edge = await openEdge();
});
afterEach(() => edge.close());

const refusal = (code: string) => ({ ok: false, error: { code } });

function refused(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.on('connect', () => reject(new Error('was let in')));
    socket.on('connect_error', (error) => resolve((error as Error & { data: { code: string } }).data.code));
  });
}

async function call(): Promise<{ socket: Socket; token: string; sessionId: string; callId: string }> {
  const { token, sessionId } = await edge.open();
  const socket = edge.socket(token);
  const greeted = next(socket, 'transcript');
  const started = await ask(socket, 'call.start', { media: false });
  await greeted;
  return { socket, token, sessionId, callId: (started as { data: CallStarted }).data.callId };
}

describe('who may connect', () => {
  test.each([
    ['no token', undefined, 'SESSION_TOKEN_INVALID'],
    ['a number', 7, 'SESSION_TOKEN_INVALID'],
    ['nonsense', 'a.b.c', 'SESSION_TOKEN_INVALID'],
  ])('not with %s', async (_, token, code) => {
    expect(await refused(edge.socket(token))).toBe(code);
  });

  test('not with a token of another secret, nor with one that has expired', async () => {
    const sign = (secret: string, end: string) =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject('ses_1')
        .setAudience('segue-session')
        .setExpirationTime(end)
        .sign(new TextEncoder().encode(secret));
    const own = 'the session secret of these tests';
    expect(await refused(edge.socket(await sign('another secret of some length', '5m')))).toBe(
      'SESSION_TOKEN_INVALID',
    );
    expect(await refused(edge.socket(await sign(own, '-1m')))).toBe('SESSION_TOKEN_EXPIRED');
    expect(await refused(edge.socket(await sign(own, '5m')))).toBe('SESSION_UNKNOWN');
  });

  test('not where its call does not come, so that the device may come to where that is', async () => {
    const { token } = await edge.open();
    const { resumeSoon } = edge.calls;
    const refuse = (code: ErrorCode) =>
      Object.assign(edge.calls, { resumeSoon: () => Promise.reject(new SegueError(code)) });
    for (const code of ['SHUTTING_DOWN', 'NODE_UNREACHABLE', 'MEDIA_UNAVAILABLE'] as const) {
      refuse(code);
      expect(await refused(edge.socket(token))).toBe(code);
    }
    // What may pass here is told when the device asks for its call.
    refuse('DATABASE_UNAVAILABLE');
    await next(edge.socket(token), 'connect');
    Object.assign(edge.calls, { resumeSoon });
  });

  test('not from a foreign origin, even with the right token', async () => {
    const { token } = await edge.open();
    expect(await refused(edge.socket(token, { origin: 'https://evil.example' }))).toBe('ORIGIN_NOT_ALLOWED');
  });
});

describe('a call in writing', () => {
  test('greets, answers, and ends with a timeline', async () => {
    const { socket, callId } = await call();
    const lines: Transcript[] = [];
    socket.on('transcript', (line: Transcript) => lines.push(line));
    const answered = new Promise<void>((resolve) => {
      socket.on('transcript', ({ speaker }: Transcript) => speaker === 'assistant' && resolve());
    });
    expect(await ask(socket, 'text.send', { text: ' hello ' })).toMatchObject({ ok: true });
    await answered;
    expect(lines.map(({ speaker, text, final }) => [speaker, text, final])).toEqual([
      ['caller', 'hello', true],
      ['assistant', 'You said hello.', true],
    ]);
    const ended = next<{ state: string; reason: string }>(socket, 'call.state');
    await ask(socket, 'call.hangUp');
    expect(await ended).toEqual({ state: 'ended', reason: 'caller' });
    const summary = await (await edge.get(`/v1/calls/${callId}`)).json();
    expect(summary).toMatchObject({ id: callId, state: 'ended', reason: 'caller', channel: 'text' });
    const timeline = await (await edge.get(`/v1/calls/${callId}/timeline`)).text();
    const types = timeline
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toEqual([
      'call.start',
      'context.rehydrated',
      'call.answered',
      'caller.text',
      'policy.reply',
      'call.end',
    ]);
  });

  test('takes facts and events of the page while it runs', async () => {
    const { socket, sessionId } = await call();
    expect(await ask(socket, 'context.update', { patch: { cart: { totalCents: 1 } } })).toMatchObject({
      ok: true,
    });
    const event = { name: 'payment_failed', data: { reason: 'expired_card' }, id: 'a'.repeat(32) };
    for (const sent of [event, event]) await ask(socket, 'page.event', sent);
    await ask(socket, 'page.view', {
      url: 'https://shop.example/b',
      title: 'B',
      referrer: '',
      language: 'en',
    });
    const session = edge.sessions.get(sessionId);
    expect(session.facts()).toMatchObject({ cart: { source: 'page' }, 'page.title': { value: 'B' } });
    expect(session.events()).toMatchObject([{ name: 'payment_failed' }]);
    const deep = JSON.parse(`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`) as object;
    expect(await ask(socket, 'context.update', { patch: deep })).toMatchObject(refusal('CONTEXT_INVALID'));
  });

  test('is one a token, however often it is asked for', async () => {
    const { socket, token } = await call();
    expect(await ask(socket, 'call.start', { media: false })).toMatchObject(refusal('CALL_IN_PROGRESS'));
    expect(await ask(edge.socket(token), 'call.start', { media: false })).toMatchObject(
      refusal('CALL_IN_PROGRESS'),
    );
    expect(await ask(socket, 'text.send', { text: 'still here' })).toMatchObject({ ok: true });
  });

  test('tells a device that comes to it what was said so far', async () => {
    const { socket, token, callId } = await call();
    await ask(socket, 'text.send', { text: 'hello' });
    socket.close();
    const again = edge.socket(token);
    await expect
      .poll(async () => ((await ask(again, 'call.attach', { media: true })) as { data: CallAttached }).data)
      .toMatchObject({
        callId,
        media: null,
        state: 'live',
        lines: [{ text: 'Hello.' }, { text: 'hello' }, { text: 'You said hello.' }],
      });
  });

  test('takes a written message once that comes again with its id', async () => {
    const { socket, callId } = await call();
    const message = { text: 'hello', id: 'a-message-of-mine-1' };
    expect(await ask(socket, 'text.send', message)).toEqual({ ok: true, data: { id: message.id } });
    expect(await ask(socket, 'text.send', message)).toEqual({ ok: true, data: { id: message.id } });
    await ask(socket, 'text.send', { text: 'bye' });
    const said = () => edge.calls.summary(callId)?.transcript.map(({ text }) => text);
    await expect.poll(said).toEqual([expect.any(String), 'hello', 'You said hello.', 'bye', 'You said bye.']);
  });

  test('can be begun anew after its end', async () => {
    const { socket } = await call();
    await ask(socket, 'call.hangUp');
    expect(await ask(socket, 'call.start', { media: false })).toMatchObject({ ok: true });
  });

  test('waits for a lost socket and goes on with the next one', async () => {
    const { socket, token, callId } = await call();
    socket.close();
    await expect.poll(() => edge.calls.summary(callId)?.state).toBe('live');
    const again = edge.socket(token);
    expect(await next(again, 'call.state')).toEqual({ state: 'live' });
    expect(await ask(again, 'text.send', { text: 'back' })).toMatchObject({ ok: true });
  });

  test('greets a device that comes back for it because the answer of its start was lost', async () => {
    const { token } = await edge.open();
    const starting = Promise.withResolvers<void>();
    const start = edge.calls.start.bind(edge.calls);
    const asked = vi.spyOn(edge.calls, 'start').mockImplementation(async (...args) => {
      await starting.promise;
      return await start(...args);
    });
    const lost = edge.socket(token);
    lost.emit('call.start', { media: false });
    await expect.poll(() => asked.mock.calls.length).toBe(1);
    lost.close();
    const again = edge.socket(token);
    await next(again, 'connect');
    const greeted = next<Transcript>(again, 'transcript');
    starting.resolve();
    await expect.poll(() => edge.calls.size).toBe(1);
    expect(await ask(again, 'call.attach', { media: false })).toMatchObject({ ok: true });
    expect(await greeted).toMatchObject({ speaker: 'assistant', text: 'Hello.' });
  });

  test('goes on with the next socket of its own line, though the one of before was not missed yet', async () => {
    const { token } = await edge.open();
    const on = (line: string) => edge.socket(token, { origin: SHOP }, { line });
    const dead = on('line-of-this-device');
    const greeted = next<Transcript>(dead, 'transcript');
    await ask(dead, 'call.start', { media: false });
    const { text } = await greeted;
    const hello = { text: 'Hello?' };
    expect(await ask(on('line-of-another-tab'), 'text.send', hello)).toMatchObject(
      refusal('CALL_NOT_STARTED'),
    );
    const fresh = on('line-of-this-device');
    expect(await next(fresh, 'transcript')).toMatchObject({ text });
    expect(await ask(fresh, 'text.send', hello)).toMatchObject({ ok: true });
  });
});

const opus = { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 };
const rtpParameters = { codecs: [opus], encodings: [{ ssrc: 1 }] };
const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':');
const dtlsParameters = { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: fingerprint }] };

describe('messages out of order', () => {
  test.each([
    'transport.connect',
    'media.produce',
    'media.consume',
    'media.hints',
    'media.ready',
    'text.send',
    'call.mute',
  ])('%s before the call is refused', async (name) => {
    const { token } = await edge.open();
    const request = {
      transportId: 'x',
      dtlsParameters,
      rtpParameters,
      rtpCapabilities: {},
      sctpStreamParameters: { streamId: 0, ordered: false, maxRetransmits: 0 },
      text: 'hello',
      muted: true,
    };
    expect(await ask(edge.socket(token), name, request)).toMatchObject(refusal('CALL_NOT_STARTED'));
  });

  test('audio in a call in writing is refused', async () => {
    const { socket } = await call();
    expect(await ask(socket, 'media.ready')).toMatchObject(refusal('CALL_STEP_OUT_OF_ORDER'));
  });
});

describe('hostile messages', () => {
  test('of any name and shape get a catalogued answer and disturb no other call', async () => {
    const bystander = await call();
    const reserved = [
      'connect',
      'connect_error',
      'disconnect',
      'disconnecting',
      'newListener',
      'removeListener',
    ];
    const names = fc.oneof(
      fc.constantFrom(...Object.keys(clientMessages), '__proto__', 'constructor'),
      fc.string().filter((name) => !reserved.includes(name)),
    );
    const messages = fc.array(fc.tuple(names, fc.jsonValue({ maxDepth: 3 })), {
      minLength: 40,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(messages, async (burst) => {
        const socket = edge.socket((await edge.open()).token);
        const answers = await Promise.all(burst.map(([name, request]) => ask(socket, name, request)));
        const codes = answers.flatMap((answer) => (answer.ok ? [] : [answer.error.code]));
        expect(codes.filter((code) => !(code in ERRORS) || code === 'INTERNAL')).toEqual([]);
        socket.close();
      }),
      { numRuns: 50 },
    );
    expect(await ask(bystander.socket, 'text.send', { text: 'undisturbed' })).toMatchObject({ ok: true });
  });

  test('of media go on as far as they say what a device has to say', async () => {
    const { socket } = await call();
    const codec = (part: object) => ({ rtpParameters: { ...rtpParameters, codecs: [{ ...opus, ...part }] } });
    const stream = (part: object) => ({
      rtpParameters: { ...rtpParameters, encodings: [{ ssrc: 1, ...part }] },
    });
    for (const [name, bad] of [
      ['media.produce', { rtpParameters: {} }],
      ['media.produce', { rtpParameters: { ...rtpParameters, codecs: [opus, opus] } }],
      ['media.produce', codec({ payloadType: 1.5 })],
      ['media.produce', codec({ parameters: { maxaveragebitrate: 1.5 } })],
      ['media.produce', stream({ ssrc: '1' })],
      ['media.produce', stream({ ssrc: 2 ** 32 })],
      ['media.consume', { rtpCapabilities: { codecs: [{ ...opus, rtcpFeedback: [{ type: 1 }] }] } }],
      ['transport.connect', { transportId: 'x', dtlsParameters: { fingerprints: [] } }],
    ] as const) {
      expect(await ask(socket, name, bad)).toMatchObject(refusal('BAD_REQUEST'));
    }
    const odd = stream({ maxBitrate: 1.5, codecPayloadType: { valueOf: 1 } });
    expect(await ask(socket, 'media.produce', odd)).toMatchObject(refusal('CALL_STEP_OUT_OF_ORDER'));
    expect(clientMessages['media.produce'].parse(odd)).toEqual({ rtpParameters });
  });

  test('that hint at speech are noted when they make sense, and only then', async () => {
    const { socket } = await call();
    const hint = { active: true, atMs: 1_200, confidence: 0.9 };
    expect(await ask(socket, 'hint.speech', hint)).toEqual({ ok: true, data: null });
    for (const bad of [{ confidence: 2 }, { atMs: -1 }, { atMs: Number.NaN }, { active: 'yes' }]) {
      expect(await ask(socket, 'hint.speech', { ...hint, ...bad })).toMatchObject(refusal('BAD_REQUEST'));
    }
    const { token } = await edge.open();
    expect(await ask(edge.socket(token), 'hint.speech', hint)).toMatchObject(refusal('CALL_NOT_STARTED'));
  });

  test('that hint at the language are taken when it is one that is known, and only then', async () => {
    const { socket } = await call();
    const hint = { language: 'de', confidence: 0.9 };
    expect(await ask(socket, 'hint.language', hint)).toEqual({ ok: true, data: null });
    for (const bad of [
      { language: 'xx' },
      { language: '<b>' },
      { language: ['de'] },
      { confidence: 1.1 },
      { confidence: null },
    ]) {
      expect(await ask(socket, 'hint.language', { ...hint, ...bad })).toMatchObject(refusal('BAD_REQUEST'));
    }
    const { token } = await edge.open();
    expect(await ask(edge.socket(token), 'hint.language', hint)).toMatchObject(refusal('CALL_NOT_STARTED'));
  });

  test('that tell how the microphone is captured are noted when they make sense', async () => {
    const { socket, callId } = await call();
    const report = { echoCancellation: false, noiseSuppression: null, autoGainControl: true };
    expect(await ask(socket, 'device.report', report)).toEqual({ ok: true, data: null });
    for (const bad of [{}, { ...report, echoCancellation: 'no' }, null]) {
      expect(await ask(socket, 'device.report', bad)).toMatchObject(refusal('BAD_REQUEST'));
    }
    const timeline = await (await edge.get(`/v1/calls/${callId}/timeline`)).text();
    const noted = timeline.split('\n').filter((line) => line.includes('device.report'));
    expect(noted.map((line) => JSON.parse(line) as object)).toMatchObject([report]);
  });

  test('in a flood are refused, then cut off', async () => {
    const { socket } = await call();
    const flood = Array.from({ length: 120 }, () => ask(socket, 'page.event', { name: 'x' }));
    const refusals = (await Promise.all(flood)).filter(({ ok }) => !ok);
    expect(refusals.length).toBeGreaterThan(20);
    expect(refusals[0]).toMatchObject(refusal('RATE_LIMITED'));
    const gone = next(socket, 'disconnect');
    for (let index = 0; index < 300; index += 1) socket.emit('page.event', { name: 'x' });
    await gone;
  });

  test('larger than the limit end the connection and nothing else', async () => {
    const bystander = await call();
    const { socket } = await call();
    const gone = next(socket, 'disconnect');
    socket.emit('context.update', { patch: { note: 'x'.repeat(200_000) } });
    await gone;
    expect(await ask(bystander.socket, 'text.send', { text: 'undisturbed' })).toMatchObject({ ok: true });
  });
});

test('an assistant that fails is told as an error, and the call goes on', async () => {
  await edge.close();
  let broken = true;
  edge = await openEdge(
    scriptedPolicy({
      respond: async ({ text }) => {
        if (broken) throw new Error('broken');
        return replyOf(`You said ${text}.`);
      },
    }),
  );
  const { socket } = await call();
  const failed = next(socket, 'error');
  await ask(socket, 'text.send', { text: 'one' });
  expect(await failed).toMatchObject({ code: 'INTERNAL', retryable: true });
  broken = false;
  const answered = new Promise<string>((resolve) => {
    socket.on('transcript', ({ speaker, text }: Transcript) => speaker === 'assistant' && resolve(text));
  });
  await ask(socket, 'text.send', { text: 'two' });
  expect(await answered).toBe('You said two.');
});
