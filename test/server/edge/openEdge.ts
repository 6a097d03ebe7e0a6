import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { io, type Socket } from 'socket.io-client';
import { openCallReader } from '../../../server/app/callReader.ts';
import { MemoryBus } from '../../../server/bus/engines/memory.ts';
import { Calls, type PrepareCall } from '../../../server/call/calls.ts';
import type { MessageContact } from '../../../server/channels/messageThread.ts';
import { MessageThreads } from '../../../server/channels/messageThreads.ts';
import { IdentityVerifier } from '../../../server/context/identity.ts';
import { FRESH_MEMORY } from '../../../server/context/memory/memory.ts';
import type { Session } from '../../../server/context/session.ts';
import { Sessions } from '../../../server/context/sessions.ts';
import type { Policy } from '../../../server/dialog/policy.ts';
import { requireAdminKey } from '../../../server/edge/adminKey.ts';
import { callRoutes } from '../../../server/edge/callRoutes.ts';
import { channelRoutes } from '../../../server/edge/channelRoutes.ts';
import { connectorRoutes, type WebhookDoor } from '../../../server/edge/connectorRoutes.ts';
import { customerRoutes } from '../../../server/edge/customerRoutes.ts';
import { createHttp } from '../../../server/edge/http.ts';
import { ledgerRoutes } from '../../../server/edge/ledgerRoutes.ts';
import { memoryRoutes } from '../../../server/edge/memoryRoutes.ts';
import { noticeRoutes } from '../../../server/edge/noticeRoutes.ts';
import { opsRoutes } from '../../../server/edge/opsRoutes.ts';
import { Origins } from '../../../server/edge/origins.ts';
import { sessionRoutes } from '../../../server/edge/sessionRoutes.ts';
import { SessionTokens } from '../../../server/edge/sessionToken.ts';
import { attachSocket, SOCKET_PATH } from '../../../server/edge/socket.ts';
import { LedgerFeed } from '../../../server/ledger/feed.ts';
import { peopleByOwnId } from '../../../server/ledger/people.ts';
import { Recorder } from '../../../server/ledger/recorder.ts';
import { Spool } from '../../../server/ledger/spool.ts';
import { Webhooks } from '../../../server/ledger/webhooks.ts';
import { createLog } from '../../../server/telemetry/log.ts';
import { systemClock } from '../../../shared/clock.ts';
import type { SessionOpened } from '../../../shared/events.ts';
import { newId } from '../../../shared/ids.ts';
import type { Result } from '../../../shared/result.ts';
import { MemoryLedger } from '../../fakes/ledger.ts';
import { scriptedPolicy } from '../../fakes/policy.ts';
import { MemoryTimelineStore } from '../../fakes/timelineStore.ts';
import { MemoryWebhookStore } from '../../fakes/webhookStore.ts';

const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export const SHOP = 'https://shop.example';
export const ADMIN_KEY = 'the admin key of these tests';
export const CHANNEL_KEY = 'the channel key of these tests';
export const WEBHOOK_SECRET = 'the webhook secret of these tests';
export const IDENTITY_SECRET = 'the identity secret of these tests';

/** The one person that it knows, as `cus_jane`. */
export const JANE = `per_${'0'.repeat(32)}`;

/** The real edge on a free port; calls are in writing, with a scripted policy. */
export async function openEdge(policy = scriptedPolicy(), leaveGraceMs = 15_000) {
  const clock = systemClock;
  const log = createLog('silent');
  const timelines = new MemoryTimelineStore();
  const sessions = new Sessions(clock);
  const prepare: PrepareCall = async (session) => ({
    session,
    siteName: 'The Shop',
    language: session.language,
    policy,
    verifier: null,
    rehydrate: async () => ({ durationMs: 0, facts: [], overview: null, sources: {} }),
    voice: null,
    leaveGraceMs,
    timelines,
    observe: () => {},
    clock,
    log,
  });
  const calls = new Calls({ prepare, max: 20, clock });
  const origins = new Origins([{ key: 'demo', origins: [SHOP] }]);
  const tokens = new SessionTokens(new TextEncoder().encode('the session secret of these tests'), clock);
  const adminOnly = requireAdminKey(ADMIN_KEY);
  const http = await createHttp({ log, origins, trustProxy: false, version: manifest.version });
  const identity = new IdentityVerifier({ hs256Secret: IDENTITY_SECRET }, 'segue', 'demo');
  sessionRoutes(http, {
    sites: new Map([['demo', { key: 'demo', identity }]]),
    sessions,
    tokens,
    origins,
    adminOnly,
    onOpened: () => {},
    voice: () => false,
  });
  const invalidations: [readonly string[] | null, string | undefined][] = [];
  const door: WebhookDoor = {
    secret: WEBHOOK_SECRET,
    invalidate: (...changed) => invalidations.push(changed),
  };
  await connectorRoutes(http, { doors: new Map([['demo', door]]), clock });
  const bus = new MemoryBus({ node: 'alone', clock });
  const reader = openCallReader({ bus, presence: { others: () => [] }, calls, timelines });
  callRoutes(http, { read: reader.read, timelines, adminOnly });
  const threads = new MessageThreads({ clock, open: async (session) => writtenContact(policy, session) });
  channelRoutes(http, {
    sites: new Map([['demo', { key: 'demo', identity, channelKey: CHANNEL_KEY }]]),
    sessions,
    tokens,
    threads,
    onOpened: () => {},
  });
  const dir = mkdtempSync(join(tmpdir(), 'segue-edge-'));
  const ledger = new MemoryLedger();
  const recorder = new Recorder({ ledger, spool: await Spool.open(dir), clock });
  const feed = new LedgerFeed(ledger, clock);
  const hook = {
    site: 'demo',
    name: 'analytics',
    url: 'https://analytics.example',
    secret: '',
    kinds: null,
    personal: false,
  };
  const webhooks = new Webhooks({
    hooks: [hook],
    ledger,
    store: new MemoryWebhookStore(),
    clock,
    post: async () => 200,
    onDead: () => {},
  });
  ledgerRoutes(http, { ledger, feed, webhooks, clock, adminOnly });
  customerRoutes(http, {
    sites: new Set(['demo']),
    ledger,
    recorder,
    people: peopleByOwnId,
    records: [{ name: 'notes', export: async () => ['a note'], erase: async () => {} }],
    clock,
    adminOnly,
  });
  memoryRoutes(http, {
    sites: new Set(['demo']),
    people: { find: async (_site, id) => (id === 'cus_jane' ? [JANE] : []) },
    recall: async () => FRESH_MEMORY,
    rebuild: () => {},
    adminOnly,
  });
  noticeRoutes(http, { tts: () => null, voices: new Map() });
  const readiness = () => ({ ready: !calls.full, parts: {} });
  opsRoutes(http, { registry: new Registry(), readiness });
  const socketServer = attachSocket(http.server, { calls, sessions, tokens, origins, clock, log });
  const url = await http.listen({ host: '127.0.0.1', port: 0 });
  const sockets: Socket[] = [];

  const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: SHOP, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  return {
    url,
    calls,
    sessions,
    tokens,
    timelines,
    reader,
    threads,
    /** What webhooks have asked for. */
    invalidations,
    ledger,
    recorder,
    post,
    get: (path: string, key: string | null = ADMIN_KEY): Promise<Response> =>
      fetch(`${url}${path}`, key === null ? {} : { headers: { authorization: `Bearer ${key}` } }),
    async open(body: unknown = {}): Promise<SessionOpened> {
      return (await (await post(body)).json()) as SessionOpened;
    },
    socket(
      token: unknown,
      headers: Record<string, string> = { origin: SHOP },
      line: { line?: string; attempt?: number } = {},
    ): Socket {
      const socket = io(url, {
        path: SOCKET_PATH,
        auth: { token, ...line },
        transports: ['websocket'],
        extraHeaders: headers,
        reconnection: false,
        forceNew: true,
      });
      sockets.push(socket);
      return socket;
    },
    async close(): Promise<void> {
      for (const socket of sockets) socket.close();
      await calls.close();
      threads.close();
      sessions.close();
      await socketServer.close();
      await http.close();
      feed.close();
      await webhooks.close();
      await recorder.close();
      rmSync(dir, { recursive: true });
    },
  };
}

/** A contact that is written down nowhere. */
function writtenContact(policy: Policy, session: Session): MessageContact {
  const conversation = policy.open({
    siteName: 'The Shop',
    language: session.language,
    subject: session.subject,
    facts: () => session.facts(),
    events: () => session.events(),
  });
  const id = newId('msg');
  return {
    id,
    language: session.language,
    conversation,
    heard() {},
    said() {},
    written: async () => {},
    ended() {},
  };
}

export type Edge = Awaited<ReturnType<typeof openEdge>>;

/** Sends one message and waits for its answer. */
export function ask(socket: Socket, name: string, request: unknown = {}): Promise<Result<unknown>> {
  return new Promise((resolve, reject) => {
    socket.timeout(5_000).emit(name, request, (error: Error | null, result: Result<unknown>) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
}

/** The next message of a name. */
export function next<Message>(socket: Socket, name: string): Promise<Message> {
  return new Promise((resolve) => socket.once(name, resolve));
}
