import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { shopIdentity } from '../../../scripts/call/shopIdentity.ts';
import type { CallAttached, CallStarted, SessionOpened, Transcript } from '../../../shared/events.ts';
import type { Result } from '../../../shared/result.ts';
import { openStage, type Stage } from '../stage.ts';
import { openSession } from '../thread/written.ts';
import { clusterMissing, openCluster, type TestCluster } from './cluster.ts';

const LIMIT = { timeout: 20_000, interval: 200 };
const ANSWER_LIMIT_MS = 20_000;

/** A page in writing, behind a balancer that sends its sockets where the test says. */
class Page {
  readonly lines = new Map<string, Transcript>();
  readonly heard: string[] = [];
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('transcript', (line: Transcript) => this.lines.set(line.id, line));
    socket.on('call.taken', () => this.heard.push('taken'));
    socket.on('call.state', ({ state }: { state: string }) => this.heard.push(state));
  }

  static open(stage: Stage, session: SessionOpened, line: string): Page {
    return new Page(
      io(stage.server, {
        path: '/v1/socket',
        auth: { token: session.token, line },
        transports: ['websocket'],
        extraHeaders: { origin: stage.shop },
        reconnectionDelay: 100,
        reconnectionDelayMax: 300,
        forceNew: true,
      }),
    );
  }

  get connected(): boolean {
    return this.#socket.connected;
  }

  /** Its next socket goes there. Each stage has a shop of its own. */
  route(stage: Stage): void {
    Object.assign(this.#socket.io, { uri: stage.server });
    Object.assign(this.#socket.io.opts, { extraHeaders: { origin: stage.shop } });
  }

  async ask<Value>(name: string, request: unknown = {}): Promise<Value> {
    const result = (await this.#socket.timeout(ANSWER_LIMIT_MS).emitWithAck(name, request)) as Result<Value>;
    if (!result.ok) throw new Error(`${name}: ${result.error.code}`);
    return result.data;
  }

  said(speaker: 'caller' | 'assistant'): string[] {
    return [...this.lines.values()]
      .filter((line) => line.speaker === speaker && line.final)
      .map(({ text }) => text);
  }

  async say(text: string, answer: RegExp): Promise<void> {
    await this.ask('text.send', { text });
    await expect.poll(() => this.said('assistant').at(-1), LIMIT).toMatch(answer);
  }

  close(): void {
    this.#socket.disconnect();
  }
}

describe.skipIf(clusterMissing)('a call of one of two servers', () => {
  let cluster: TestCluster;
  let one: Stage;
  let other: Stage;
  const pages: Page[] = [];
  const extra: Stage[] = [];
  beforeAll(async () => {
    cluster = await openCluster({ SEGUE_DRAIN_MS: '300' });
    [one, other] = cluster.servers;
  });
  afterEach(() => {
    for (const page of pages.splice(0)) page.close();
  });
  afterAll(async () => {
    await Promise.all(extra.map((stage) => stage.close()));
    await cluster?.close();
  });

  const visit = async (stage: Stage): Promise<{ page: Page; session: SessionOpened; callId: string }> => {
    const session = await openSession(stage, { identity: await shopIdentity(stage.shop, 'cus_jane') });
    const page = Page.open(stage, session, 'the line of this page');
    pages.push(page);
    const { callId } = await page.ask<CallStarted>('call.start', { media: false });
    await expect.poll(() => page.said('assistant'), LIMIT).not.toEqual([]);
    return { page, session, callId };
  };
  /** What the caller wrote, as the timeline has it there. */
  const written = async (stage: Stage, callId: string): Promise<unknown[]> =>
    (await stage.timeline(callId)).flatMap(({ type, text }) => (type === 'caller.text' ? [text] : []));
  /** How many calls run there. */
  const running = async (stage: Stage): Promise<number> => {
    const metrics = await (await fetch(`${stage.server}/metrics`)).text();
    return Number(/^segue_calls_running (\d+)/m.exec(metrics)?.[1]);
  };
  const open = (stage: Stage, session: SessionOpened, line: string): Page => {
    const page = Page.open(stage, session, line);
    pages.push(page);
    return page;
  };

  test('goes where its device goes, with all that was said, and stays while its device is there', async () => {
    const { page, session, callId } = await visit(one);
    await page.say('where is my order 10498', /10498/);

    // Whichever server the operator asks.
    expect(await other.read(`/v1/calls/${callId}`)).toMatchObject({ id: callId, state: 'live' });
    expect(await running(other)).toBe(0);

    // Another page of the same visitor: it looks, and takes nothing, until it is told to.
    const second = open(other, session, 'the line of another page');
    await expect.poll(() => second.connected, LIMIT).toBe(true);
    await page.say('what are your opening hours', /./);
    expect(page.heard).not.toContain('taken');
    await expect(second.ask('call.start', { media: false })).rejects.toThrow('CALL_IN_PROGRESS');

    const attached = await second.ask<CallAttached>('call.attach', { media: false });
    expect(attached.callId).toBe(callId);
    expect(attached.lines.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['where is my order 10498', 'what are your opening hours']),
    );
    await expect.poll(() => page.heard, LIMIT).toContain('taken');
    await expect(page.ask('text.send', { text: 'hello' })).rejects.toThrow('CALL_NOT_STARTED');
    await second.say('where is my order 10498', /10498/);
    const all = ['where is my order 10498', 'what are your opening hours', 'where is my order 10498'];
    await expect.poll(() => written(other, callId), LIMIT).toEqual(all);
    expect(await written(one, callId)).toEqual(all);
    await second.ask('call.hangUp');
  });

  test('moves when its server is told to stop', async () => {
    const { page, callId } = await visit(one);
    await page.say('where is my order 10498', /10498/);
    page.route(other);
    const ended = one.terminate();
    await expect.poll(() => running(other), LIMIT).toBe(1);
    await page.say('what are your opening hours', /./);
    expect(await ended).toBe(0);
    expect(await other.read(`/v1/calls/${callId}`)).toMatchObject({ id: callId, state: 'live' });
    expect(page.said('caller')).toEqual(['where is my order 10498', 'what are your opening hours']);
    expect(page.heard).not.toContain('ended');
    expect(page.heard).not.toContain('taken');
    await page.ask('call.hangUp');
  });

  test('goes on elsewhere when its server is killed', async () => {
    const fresh = await openStage(cluster.env);
    extra.push(fresh);
    const { page, callId } = await visit(other);
    await page.say('where is my order 10498', /10498/);
    page.route(fresh);
    await expect.poll(() => written(fresh, callId), LIMIT).toEqual(['where is my order 10498']);
    await other.kill();
    await expect.poll(() => running(fresh), LIMIT).toBe(1);
    await page.say('what are your opening hours', /./);
    expect(page.said('caller')).toEqual(['where is my order 10498', 'what are your opening hours']);
    expect(await written(fresh, callId)).toEqual(page.said('caller'));
    expect(page.heard).not.toContain('ended');
    await page.ask('call.hangUp');
  });
});
