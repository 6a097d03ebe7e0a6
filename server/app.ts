import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../shared/clock.ts';
import { Emitter } from '../shared/emitter.ts';
import { type Watchman, watchLoad } from './app/admission.ts';
import { openCallReader } from './app/callReader.ts';
import { prepareCall } from './app/calls.ts';
import { type Cluster, openCluster, shareNews } from './app/cluster.ts';
import { emptied } from './app/emptied.ts';
import { type Keeping, openKeeping } from './app/keeping.ts';
import { type LedgerParts, openLedger } from './app/ledger.ts';
import { listen } from './app/listen.ts';
import { openMessages } from './app/messages.ts';
import { askingFor, giveCalls, tellTaken } from './app/moving.ts';
import { once } from './app/once.ts';
import { openOutbox } from './app/outbox.ts';
import { openPlace } from './app/place.ts';
import { sweepOld } from './app/retention.ts';
import { signsOf } from './app/signs.ts';
import { openSites, type SiteParts, systemsOf } from './app/sites.ts';
import { keepPromises, openThread } from './app/thread.ts';
import { openTimelines, recordsOfTimelines } from './app/timelines.ts';
import { gatherTouched } from './app/touched.ts';
import { version } from './app/versions.ts';
import { makeReady, openVoice, type Voice } from './app/voice.ts';
import { writtenBy } from './app/written.ts';
import { Calls } from './call/calls.ts';
import { MessageThreads } from './channels/messageThreads.ts';
import type { Config } from './config.ts';
import { Rehydration } from './context/rehydration.ts';
import type { Session } from './context/session.ts';
import { Sessions } from './context/sessions.ts';
import { requireAdminKey } from './edge/adminKey.ts';
import { callRoutes } from './edge/callRoutes.ts';
import { channelRoutes } from './edge/channelRoutes.ts';
import { clientRoutes } from './edge/clientRoutes.ts';
import { connectorRoutes } from './edge/connectorRoutes.ts';
import { customerRoutes } from './edge/customerRoutes.ts';
import { createHttp } from './edge/http.ts';
import { ledgerRoutes } from './edge/ledgerRoutes.ts';
import { memoryRoutes } from './edge/memoryRoutes.ts';
import { noticeRoutes } from './edge/noticeRoutes.ts';
import { opsRoutes, type Readiness } from './edge/opsRoutes.ts';
import { Origins } from './edge/origins.ts';
import { sessionRoutes } from './edge/sessionRoutes.ts';
import { SessionTokens } from './edge/sessionToken.ts';
import { attachSocket } from './edge/socket.ts';
import type { Site } from './sites.ts';
import { createLog, type Log } from './telemetry/log.ts';
import { Metrics } from './telemetry/metrics.ts';
import { Verifiers } from './verification/verifiers.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export type App = {
  /** Where the server listens, e.g. `http://127.0.0.1:3000`. */
  readonly origin: string;
  readonly readiness: Readiness;
  /** Takes no new calls and waits for those that run, for as long as the configuration says; then they are given up. */
  drain(): Promise<void>;
  close(): Promise<void>;
};

/**
 * The one composition root: makes every part and joins them. Rejects with CONFIG_INVALID, PLAYBOOK_INVALID,
 * PORT_IN_USE, ADDRESS_UNAVAILABLE or DATABASE_IN_USE; what only switches a feature off is told in `readiness`.
 */
export async function startApp(config: Config, sites: readonly Site[], clock = systemClock): Promise<App> {
  const log = createLog(config.logLevel);
  Emitter.onListenerError = (error) => log.error({ err: error }, 'a listener failed');
  const closing: (() => unknown)[] = [];
  const opened = <Value extends { close(): unknown }>(part: Value): Value => {
    closing.unshift(() => part.close());
    return part;
  };
  try {
    const metrics = new Metrics(() => calls.size);
    const openingLedger = openLedger(config, sites, { clock, log, metrics });
    // It is waited for below; a mistake in its settings must not end the process before.
    openingLedger.catch(() => {});
    // The last to be closed: what ends before has something to write down.
    closing.unshift(async () => (await openingLedger.catch(() => null))?.close());
    const voice = await openVoice(config, { clock, log, opened });
    const record = await openingLedger;
    const cluster = opened(await openCluster(config, { clock, log }));
    const news = shareNews(cluster.bus, {
      systemsChanged: ({ site, operations, customerId }) =>
        void systemsBySite(site)?.invalidate(operations, customerId ?? undefined),
      continuedByCall: (contact) => messages.closeOf(contact),
      peopleTouched: (ids) => thread.threads.refresh(ids),
      peopleErased: (ids) => thread.threads.forget(ids),
      attempted: ({ site, customerId, attempt }) => verifiers.attempted(site, customerId, attempt),
    });
    const touched = opened(gatherTouched(record.recorder, clock, news.peopleTouched));
    const thread = opened(
      openThread(record, {
        clock,
        log,
        outbox: () => outbox,
        onNoted: touched.add,
        onErased: news.peopleErased,
      }),
    );
    const systemsBySite = (key: string) => bySite.get(key)?.systems ?? null;
    const outbox = opened(openOutbox(record.database, systemsBySite, { clock, log }));
    keepPromises(outbox, thread, record.recorder, log);
    const bySite: ReadonlyMap<string, SiteParts> = await openSites(sites, outbox, {
      clock,
      log,
      opened,
      onChanged: news.systemsChanged,
    });
    void outbox.poll();
    void voice.tts.there.then(() => {
      for (const { site } of bySite.values()) void makeReady(voice, site);
    });
    const place = openPlace(config, cluster.bus.node);
    const keeping = opened(
      openKeeping({
        ...record,
        place,
        clock,
        log,
        verifiers: () => verifiers,
        isGone: (node) => cluster.state() !== null && cluster.presence.liveness(node) === 'gone',
        ask: cluster.state() === null ? undefined : askingFor(cluster),
      }),
    );
    const sessions = opened(
      new Sessions(clock, {
        keeper: keeping.sessions,
        onFound(session) {
          threads.resume(session);
          rehydration.begin(session);
        },
      }),
    );
    const timelines = opened(openTimelines(config, { ...record, clock, log }));
    opened(sweepOld(sites, { ...record, timelines, clock, log }));
    metrics.watchSystems(() => systemsOf(bySite));
    const memory = thread.threads.source();
    const rehydration = new Rehydration({
      sourcesOf: (siteKey) => [memory, ...(bySite.get(siteKey)?.sources ?? [])],
      clock,
      onFailure: ({ id }, source, { code }) =>
        log.warn({ sessionId: id, source, code }, 'a source of context failed'),
    });
    const { threads } = thread;
    const verifiers = new Verifiers({
      clock,
      siteOf: (siteKey) => bySite.get(siteKey)?.verification ?? null,
      signsOf: signsOf(threads, clock),
      codeKey: place.sessionSecret,
      onAttempt: (site, customerId, attempt) => news.attempted({ site, customerId, attempt }),
      onProven: async (session) => {
        await threads.of(session).identifyAgain();
        rehydration.forget(session);
        await rehydration.finish(session);
      },
      onStep(session, step) {
        threads.of(session).note({ kind: 'verification', channel: 'system', data: { ...step } });
        keeping.sessions.touch(session);
      },
    });
    const prepare = prepareCall({
      config,
      clock,
      log,
      bySite,
      voice,
      rehydration,
      verifiers,
      threads,
      timelines,
      metrics,
      onRoom: ({ id }, room) => cluster.pipes.offer(id, room),
    });
    const written = writtenBy([record.recorder, keeping], clock);
    const messages = opened(
      new MessageThreads({
        clock,
        open: openMessages({ bySite, rehydration, verifiers, threads, clock, written }),
      }),
    );
    const watchman = opened(watchLoad(voice, () => calls.voices, { clock, log, metrics }));
    const calls: Calls = opened(
      new Calls({
        prepare,
        max: config.maxCalls,
        maxText: config.maxTextCalls,
        overloaded: () => watchman.overloaded,
        speaks: () => voice.usable && voice.stt.value?.available !== false,
        clock,
        keeper: keeping.calls,
        written,
        isElsewhere: (sessionId) => cluster.presence.whereIs(sessionId) !== null,
        onTaken: (callId, line) => tellTaken(cluster.bus, callId, line),
        findSession: async (id) => {
          const session = await sessions.find(id);
          await sessions.refresh(session);
          return session;
        },
        onStart: ({ session: { id, siteKey, subject } }) => {
          const contact = { site: siteKey, sessionId: id, customerId: subject.customerId };
          messages.closeOf(contact);
          news.continuedByCall(contact);
          cluster.presence.changed();
        },
      }),
    );
    metrics.watchLine(() => calls.line.length);
    giveCalls(cluster.bus, calls);
    const reader = openCallReader({ ...cluster, calls, timelines });
    cluster.presence.report(() => ({ calls: calls.residents() }));
    metrics.watchCluster(cluster);
    const readiness = (): Readiness => readinessOf(voice, calls, watchman, record, keeping, bySite, cluster);

    const origins = new Origins(sites);
    const tokens = new SessionTokens(place.sessionSecret, clock);
    const adminOnly = requireAdminKey(config.adminKey.value);
    const http = opened(
      await createHttp({ log, origins, trustProxy: config.trustProxy, version: version() }),
    );
    const onOpened = (session: Session): void => {
      threads.open(session);
      rehydration.begin(session);
      bySite.get(session.siteKey)?.systems?.prewarm(session.subject);
    };
    sessionRoutes(http, {
      sites: new Map([...bySite].map(([key, { identity }]) => [key, { key, identity }])),
      sessions,
      tokens,
      origins,
      adminOnly,
      onOpened,
      onIdentityRefused: (site, { code }) =>
        record.recorder.record({
          kind: 'decision',
          site,
          channel: 'page',
          data: { decision: 'identity_refused', reason: code },
        }),
      voice: () => voice.usable,
    });
    channelRoutes(http, {
      sites: new Map(
        [...bySite].map(([key, { identity, site }]) => [key, { key, identity, channelKey: site.channelKey }]),
      ),
      sessions,
      tokens,
      threads: messages,
      onOpened,
    });
    callRoutes(http, { read: reader.read, timelines, adminOnly });
    const doors = [...bySite].flatMap(([key, { webhook }]) => (webhook ? [[key, webhook] as const] : []));
    await connectorRoutes(http, { doors: new Map(doors), clock });
    ledgerRoutes(http, { ...record, clock, adminOnly });
    const ofCustomers = { sites: new Set(bySite.keys()), people: thread.directory, adminOnly };
    memoryRoutes(http, { ...ofCustomers, ...thread });
    customerRoutes(http, {
      ...record,
      ...ofCustomers,
      records: [
        recordsOfTimelines(record.ledger, timelines, reader.forget),
        keeping.records,
        ...thread.records,
      ],
      clock,
    });
    noticeRoutes(http, {
      tts: () => voice.tts.value,
      voices: new Map(sites.map(({ key, voice }) => [key, voice])),
    });
    opsRoutes(http, { registry: metrics.registry, readiness });
    await clientRoutes(http, join(ROOT, 'dist/client'));
    const socket = attachSocket(http.server, {
      calls,
      sessions,
      tokens,
      origins,
      clock,
      log,
      written,
      callsBack: (siteKey) => bySite.get(siteKey)?.policy.callsBack ?? false,
      adapter: cluster.sockets?.adapter,
    });
    // Together: each of them waits for connections that the other one ends.
    closing.unshift(() => Promise.allSettled([http.close(), socket.close()]));
    const origin = await listen(http, config);
    return {
      origin,
      get readiness() {
        return readiness();
      },
      drain: once(async () => {
        calls.refuse();
        await emptied(calls, config.drainMs, { clock, log });
        const left = calls.leave();
        // They come back by themselves, to a server that is there.
        for (const { conn } of socket.sockets.sockets.values()) conn.close();
        await left;
      }),
      close: once(async () => {
        await calls.close();
        await closeAll(closing, log);
      }),
    };
  } catch (error) {
    await closeAll(closing, log);
    throw error;
  }
}

/** One after the other; what cannot be closed keeps nothing else from it. */
async function closeAll(closing: readonly (() => unknown)[], log: Log): Promise<void> {
  for (const close of closing) {
    try {
      await close();
    } catch (error) {
      log.error({ err: error }, 'a part could not be closed');
    }
  }
}

function readinessOf(
  voice: Voice,
  calls: Calls,
  watchman: Watchman,
  record: LedgerParts,
  keeping: Keeping,
  bySite: ReadonlyMap<string, SiteParts>,
  cluster: Cluster,
): Readiness {
  const systems = [...systemsOf(bySite)].map(([name, breaker]) => [
    `system ${name}`,
    breaker === 'closed' ? { ok: true } : { ok: false, detail: `It does not answer (${breaker}).` },
  ]);
  const state = ({ problem }: { problem: string | null }) =>
    problem === null ? { ok: true } : { ok: false, detail: problem };
  const others = cluster.state();
  const crowded = calls.full || calls.line.length > 0;
  const busy = watchman.overloaded ? `Overloaded: ${watchman.detail}.` : 'All lines are busy.';
  const waiting = calls.line.length > 0 ? ` ${calls.line.length} wait.` : '';
  const capacity = crowded ? { ok: false, detail: `${busy}${waiting}` } : { ok: true };
  const stopping = calls.refusing ? { stopping: { ok: false, detail: `${calls.size} calls run.` } } : {};
  return {
    // Whoever can only write leaves those who want to talk to the others.
    ready: !crowded && !calls.refusing && voice.usable,
    parts: {
      media:
        voice.pool.value?.available === false
          ? { ok: false, detail: 'No media worker lives.' }
          : state(voice.pool),
      stt:
        voice.stt.value?.available === false
          ? { ok: false, detail: 'The recogniser is being started again.' }
          : state(voice.stt),
      tts: state(voice.tts),
      vad: state(voice.silero),
      capacity,
      ...stopping,
      ...Object.fromEntries(systems),
      ledger: record.state(),
      keeping: keeping.state(),
      ...(others ? { cluster: others } : {}),
    },
  };
}
