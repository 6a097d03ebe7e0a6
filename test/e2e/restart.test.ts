import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { shopIdentity } from '../../scripts/call/shopIdentity.ts';
import type {
  CallAttached,
  CallStarted,
  ClientToServer,
  ServerToClient,
  Transcript,
} from '../../shared/events.ts';
import type { Result } from '../../shared/result.ts';
import { openStage, type Stage } from './stage.ts';
import { openSession } from './thread/written.ts';

const LIMIT_MS = 30_000;
const ENV = { DATABASE_URL: undefined };

/** A page in writing whose socket comes back by itself, as the element's does. */
class Page {
  readonly #socket: Socket<ServerToClient, ClientToServer>;
  readonly lines = new Map<string, Transcript>();
  #changed: () => void = () => {};

  private constructor(socket: Socket<ServerToClient, ClientToServer>) {
    this.#socket = socket;
    socket.on('transcript', (line) => {
      this.lines.set(line.id, line);
      this.#changed();
    });
    socket.on('call.state', () => this.#changed());
  }

  static async open(stage: Stage): Promise<Page> {
    const identity = await shopIdentity(stage.shop, 'cus_jane');
    const session = await openSession(stage, { identity });
    return new Page(
      io(stage.server, {
        path: '/v1/socket',
        auth: { token: session.token },
        transports: ['websocket'],
        extraHeaders: { origin: stage.shop },
        reconnectionDelay: 100,
        reconnectionDelayMax: 300,
      }),
    );
  }

  start(): Promise<CallStarted> {
    return this.#ask('call.start', { media: false });
  }

  attach(): Promise<CallAttached> {
    return this.#ask('call.attach', { media: false });
  }

  hangUp(): Promise<null> {
    return this.#ask('call.hangUp', {});
  }

  /** Sent until the server has it, under one id. */
  async write(text: string): Promise<void> {
    const id = `line-${randomUUID()}`;
    for (;;) {
      const sent = await this.#ask('text.send', { text, id }, 1_000).then(
        () => true,
        (error: Error) => {
          if (!/timed out|disconnected|CALL_NOT_STARTED|SHUTTING_DOWN/i.test(error.message)) throw error;
          return false;
        },
      );
      if (sent) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  said(speaker: Transcript['speaker']): string[] {
    return [...this.lines.values()].filter((line) => line.speaker === speaker).map(({ text }) => text);
  }

  /** Waits until so much was said. */
  async until(speaker: Transcript['speaker'], count: number): Promise<string[]> {
    const limit = AbortSignal.timeout(LIMIT_MS);
    while (this.said(speaker).length < count) {
      await new Promise<void>((resolve, reject) => {
        this.#changed = resolve;
        limit.onabort = () => reject(new Error(`It was said: ${JSON.stringify([...this.lines.values()])}`));
      });
    }
    return this.said(speaker);
  }

  close(): void {
    this.#socket.close();
  }

  async #ask<Answer>(name: keyof ClientToServer, request: object, limitMs = LIMIT_MS): Promise<Answer> {
    const raw = this.#socket as unknown as Socket;
    const result = (await raw.timeout(limitMs).emitWithAck(name, request)) as Result<Answer>;
    if (!result.ok) throw new Error(result.error.code);
    return result.data;
  }
}

describe('a call in writing whose server is killed', () => {
  let stage: Stage;
  let page: Page;
  afterEach(() => page?.close());
  afterAll(() => stage?.close());

  async function begun(): Promise<string> {
    stage ??= await openStage(ENV);
    page = await Page.open(stage);
    const { callId } = await page.start();
    await page.until('assistant', 1);
    return callId;
  }

  async function restart(): Promise<void> {
    await stage.kill();
    stage = await openStage({ ...ENV, SEGUE_DATA_DIR: stage.dataDir, PORT: new URL(stage.server).port });
  }

  test('while it waits: it goes on in the middle of a task, with the same id and timeline', async () => {
    const callId = await begun();
    await page.write('cancel my order 10512');
    const [, question] = await page.until('assistant', 2);
    expect(question).toMatch(/10512/);
    await restart();
    await page.write('yes');
    const said = await page.until('assistant', 3);
    expect(said, said.join('\n')).toHaveLength(3);
    expect(said[2]).toMatch(/cancel/i);

    const attached = await page.attach();
    expect(attached.callId).toBe(callId);
    const texts = (lines: Iterable<Transcript>) => [...lines].map(({ text }) => text).toSorted();
    expect(texts(attached.lines)).toEqual(texts(page.lines.values()));
    await page.hangUp();
    const timeline = await stage.timeline(callId);
    const types = timeline.map(({ type }) => type);
    expect(types.filter((type) => type === 'call.start')).toHaveLength(1);
    expect(types.filter((type) => type === 'call.reconnected')).toHaveLength(1);
    expect(types.at(-1)).toBe('call.end');
    const times = timeline.map(({ tMs }) => tMs);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    await expectLedger(callId);
    const told = await stage.read(`/v1/calls/${callId}`);
    expect(told).toMatchObject({ id: callId, state: 'ended', reason: 'caller' });
    await restart();
    expect(await stage.read(`/v1/calls/${callId}`)).toEqual(told);
  });

  test('with a turn on its way, again and again: each is answered once', async () => {
    const callId = await begun();
    const asked: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const text = `where is my order 10498, I asked ${round} times`;
      asked.push(text);
      const written = page.write(text);
      await new Promise((resolve) => setTimeout(resolve, round * 4));
      await restart();
      await written;
      await page.until('assistant', round + 2);
    }
    const attached = await page.attach();
    const told = attached.lines.filter(({ speaker }) => speaker === 'caller');
    expect(told.map(({ text }) => text)).toEqual(asked);
    expect(attached.lines).toHaveLength(1 + 2 * asked.length);
    expect(page.said('assistant')).toHaveLength(asked.length + 1);
    await page.hangUp();
    await expectLedger(callId);
  });

  /** What was said stands in the ledger once, and the contact has one beginning and one end. */
  async function expectLedger(callId: string): Promise<void> {
    const { events } = (await stage.read('/v1/customers/cus_jane/ledger?site=demo&limit=500')) as {
      events: { kind: string; contactId: string | null; data: { turnId?: string } }[];
    };
    const ofCall = events.filter(({ contactId }) => contactId === callId);
    const count = (kind: string) => ofCall.filter((event) => event.kind === kind).length;
    expect([count('contact.started'), count('contact.ended')]).toEqual([1, 1]);
    const turns = ofCall.filter(({ kind }) => kind.startsWith('turn.')).map(({ data }) => data.turnId);
    expect(new Set(turns).size).toBe(turns.length);
    expect(turns).toHaveLength(page.lines.size);
  }
});
