import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { libvoskFile, modelDir, userCacheDir, workerBinary } from '../shared/cache.ts';
import { type Clock, systemClock } from '../shared/clock.ts';
import { Emitter } from '../shared/emitter.ts';
import { SegueError } from '../shared/errors.ts';
import { type LedgerParts, openLedger, recordsOfCalls } from './app/ledger.ts';
import { listen } from './app/listen.ts';
import { once } from './app/once.ts';
import { openOutbox } from './app/outbox.ts';
import { type Part, part } from './app/part.ts';
import { openSystems, type SiteSystems } from './app/systems.ts';
import { keepPromises, openThread } from './app/thread.ts';
import { mediasoupVersion, version } from './app/versions.ts';
import type { OpusCodec } from './audio/codec.ts';
import { openEvanOpus } from './audio/engines/evanOpus.ts';
import type { VoiceParts } from './call/callParts.ts';
import { Calls, type PrepareCall } from './call/calls.ts';
import type { Config } from './config.ts';
import { IdentityVerifier } from './context/identity.ts';
import { Rehydration } from './context/rehydration.ts';
import type { Session } from './context/session.ts';
import { Sessions } from './context/sessions.ts';
import { Contact } from './context/thread/contact.ts';
import type { Threads } from './context/thread/threads.ts';
import { createPlaybookPolicy } from './dialog/playbookPolicy.ts';
import { loadPlaybooks } from './dialog/playbooks/loader.ts';
import type { Policy } from './dialog/policy.ts';
import { trainNlpjs } from './dialog/understanding/engines/nlpjs.ts';
import { readSlot, warmUpSlots } from './dialog/understanding/readSlot.ts';
import { requireAdminKey } from './edge/adminKey.ts';
import { callRoutes } from './edge/callRoutes.ts';
import { clientRoutes } from './edge/clientRoutes.ts';
import { connectorRoutes } from './edge/connectorRoutes.ts';
import { customerRoutes } from './edge/customerRoutes.ts';
import { createHttp } from './edge/http.ts';
import { ledgerRoutes } from './edge/ledgerRoutes.ts';
import { memoryRoutes } from './edge/memoryRoutes.ts';
import { opsRoutes, type Readiness } from './edge/opsRoutes.ts';
import { Origins } from './edge/origins.ts';
import { sessionRoutes } from './edge/sessionRoutes.ts';
import { SessionTokens } from './edge/sessionToken.ts';
import { attachSocket } from './edge/socket.ts';
import { iceServersFor } from './media/iceServers.ts';
import { WorkerPool } from './media/workerPool.ts';
import { absentConnector } from './records/absent.ts';
import type { BreakerState } from './records/breaker.ts';
import type { Outbox } from './records/outbox.ts';
import type { Site } from './sites.ts';
import { cachedTts } from './speech/cachedTts.ts';
import { energyVad } from './speech/engines/energyVad.ts';
import { loadFlite } from './speech/engines/flite.ts';
import { loadSilero } from './speech/engines/silero.ts';
import { loadVosk } from './speech/engines/vosk.ts';
import { openZkmLid } from './speech/engines/zkmLid.ts';
import type { LanguageIdEngine } from './speech/languageId.ts';
import type { SttEngine } from './speech/stt.ts';
import type { TtsEngine } from './speech/tts.ts';
import type { VadEngine } from './speech/vad.ts';
import { FileTimelineStore } from './storage/engines/files.ts';
import { createLog, type Log } from './telemetry/log.ts';
import { Metrics } from './telemetry/metrics.ts';
import { spotPhrases } from './turns/spotting.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export type App = {
  /** Where the server listens, e.g. `http://127.0.0.1:3000`. */
  readonly origin: string;
  readonly readiness: Readiness;
  close(): Promise<void>;
};

/** What one site's calls need. */
type SiteParts = {
  site: Site;
  identity: IdentityVerifier | null;
  policy: Policy;
} & SiteSystems;

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
    // The last to be closed: what ends before has something to write down.
    closing.unshift(async () => (await openingLedger.catch(() => null))?.close());
    const voice = await openVoice(config, { clock, log, opened });
    const record = await openingLedger;
    const thread = opened(openThread(record, { clock, log, outbox: () => outbox }));
    const systemsBySite = (key: string) => bySite.get(key)?.systems ?? null;
    const outbox = opened(openOutbox(record.database, systemsBySite, { clock, log }));
    keepPromises(outbox, thread, record.recorder, log);
    const bySite: ReadonlyMap<string, SiteParts> = await openSites(sites, outbox, { clock, log, opened });
    void outbox.poll();
    const sessions = opened(new Sessions(clock));
    const timelines = opened(new FileTimelineStore(join(config.dataDir, 'calls')));
    metrics.watchSystems(() => systemsOf(bySite));
    const memory = thread.threads.source();
    const rehydration = new Rehydration({
      sourcesOf: (siteKey) => [memory, ...(bySite.get(siteKey)?.sources ?? [])],
      clock,
      onFailure: ({ id }, source, { code }) =>
        log.warn({ sessionId: id, source, code }, 'a source of context failed'),
    });
    const { threads } = thread;
    const prepare = prepareCall({
      config,
      clock,
      log,
      bySite,
      voice,
      rehydration,
      threads,
      timelines,
      metrics,
    });
    const calls = opened(new Calls({ prepare, max: config.maxCalls }));
    const readiness = (): Readiness => readinessOf(voice, calls, record, bySite);

    const origins = new Origins(sites);
    const tokens = new SessionTokens(config.sessionSecret, clock);
    const adminOnly = requireAdminKey(config.adminKey.value);
    const http = opened(
      await createHttp({ log, origins, trustProxy: config.trustProxy, version: version() }),
    );
    sessionRoutes(http, {
      sites: new Map([...bySite].map(([key, { identity }]) => [key, { key, identity }])),
      sessions,
      tokens,
      origins,
      adminOnly,
      onOpened: (session) => {
        threads.open(session);
        rehydration.begin(session);
        bySite.get(session.siteKey)?.systems?.prewarm(session.subject);
      },
      onIdentityRefused: (site, { code }) =>
        record.recorder.record({
          kind: 'decision',
          site,
          channel: 'page',
          data: { decision: 'identity_refused', reason: code },
        }),
      voice: () => voice.usable,
    });
    callRoutes(http, { calls, timelines, adminOnly });
    const doors = [...bySite].flatMap(([key, { webhook }]) => (webhook ? [[key, webhook] as const] : []));
    await connectorRoutes(http, { doors: new Map(doors), clock });
    ledgerRoutes(http, { ...record, clock, adminOnly });
    const ofCustomers = { sites: new Set(bySite.keys()), people: thread.directory, adminOnly };
    memoryRoutes(http, { ...ofCustomers, ...thread });
    customerRoutes(http, {
      ...record,
      ...ofCustomers,
      records: [recordsOfCalls(record.ledger, timelines), ...thread.records],
      clock,
    });
    opsRoutes(http, { registry: metrics.registry, readiness });
    await clientRoutes(http, join(ROOT, 'dist/client'));
    const socket = attachSocket(http.server, { calls, sessions, tokens, origins, clock, log });
    closing.unshift(() => socket.close());
    const origin = await listen(http, config);
    return {
      origin,
      get readiness() {
        return readiness();
      },
      close: once(async () => {
        await calls.close();
        for (const close of closing) await close();
      }),
    };
  } catch (error) {
    for (const close of closing) await close();
    throw error;
  }
}

/** What the makers of parts share; `opened` has a part closed with the app. */
type Common = { clock: Clock; log: Log; opened: <Value extends { close(): unknown }>(part: Value) => Value };

/** Everything that sound needs. */
type Voice = {
  pool: Part<WorkerPool>;
  stt: Part<SttEngine>;
  tts: Part<TtsEngine>;
  languageId: Part<LanguageIdEngine>;
  vad: VadEngine;
  fallbackVad: VadEngine;
  codec: OpusCodec;
  /** Whether a call can be spoken. */
  readonly usable: boolean;
};

async function openVoice(config: Config, { clock, log, opened }: Common): Promise<Voice> {
  const cache = userCacheDir();
  const [pool, stt, tts, silero, languageId, codec] = await Promise.all([
    part(() =>
      WorkerPool.start({
        workers: config.rtc.workers,
        workerBin: config.rtc.workerBin ?? workerBinary(cache, mediasoupVersion()),
        listenIp: config.host,
        announcedAddress: config.rtc.announcedAddress,
        basePort: config.rtc.basePort,
        clock,
      }),
    ),
    part(() =>
      loadVosk({
        libraryFile: libvoskFile(cache),
        modelDir: modelDir(cache, 'vosk-en'),
        language: 'en',
        ...(config.sttThreads === undefined ? {} : { threads: config.sttThreads }),
      }),
    ),
    part(async () => cachedTts(await loadFlite())),
    part(() => loadSilero()),
    part(async () => openZkmLid({ modelDir: modelDir(cache, 'zkm-lid') })),
    openEvanOpus(),
  ]);
  for (const { value } of [pool, stt, tts, silero, languageId])
    if (value) opened(value as { close(): unknown });
  const fallbackVad = opened(energyVad());
  pool.value?.on('workerDied', ({ index, detail, restartInMs }) =>
    log.error({ worker: index, detail, restartInMs }, 'a media worker died'),
  );
  return {
    pool,
    stt,
    tts,
    languageId,
    vad: silero.value ?? fallbackVad,
    fallbackVad,
    codec,
    get usable() {
      return Boolean(pool.value?.available && stt.value && tts.value);
    },
  };
}

async function openSites(
  sites: readonly Site[],
  outbox: Outbox | null,
  { clock, log, opened }: Common,
): Promise<ReadonlyMap<string, SiteParts>> {
  const bySite = new Map<string, SiteParts>();
  for (const site of sites) {
    const { systems, sources, webhook } = openSystems(site, outbox, { clock, log });
    if (systems) opened(systems);
    const playbooks = await loadPlaybooks(site.playbooksDir);
    warmUpSlots(playbooks.site.languages);
    const policy = opened(
      await createPlaybookPolicy({
        playbooks,
        connector: systems ?? absentConnector,
        trainNlu: trainNlpjs,
        readSlot,
        clock,
        onTrouble: (error) => log.error({ err: error, site: site.key }, 'a turn failed'),
      }),
    );
    const identity = site.identity
      ? new IdentityVerifier(site.identity, site.identity.audience, site.key)
      : null;
    bySite.set(site.key, { site, identity, policy, systems, sources, webhook });
  }
  return bySite;
}

/** State of every system behind the assistant, by `site/system`. */
function systemsOf(bySite: ReadonlyMap<string, SiteParts>): Map<string, BreakerState> {
  return new Map(
    [...bySite].flatMap(([key, { systems }]) =>
      [...(systems?.states() ?? [])].map(([name, state]) => [`${key}/${name}`, state] as const),
    ),
  );
}

function prepareCall(parts: {
  config: Config;
  clock: Clock;
  log: Log;
  bySite: ReadonlyMap<string, SiteParts>;
  voice: Voice;
  rehydration: Rehydration;
  threads: Threads;
  timelines: FileTimelineStore;
  metrics: Metrics;
}): PrepareCall {
  const { config, clock, log, bySite, voice, rehydration, threads, timelines, metrics } = parts;
  return async (session, { media }) => {
    const entry = bySite.get(session.siteKey);
    if (!entry) throw new SegueError('SITE_UNKNOWN');
    const { site, policy } = entry;
    const language = media ? spokenLanguage(session, voice) : session.language;
    return {
      session,
      siteName: site.name,
      language,
      policy,
      rehydrate: () => rehydration.finish(session),
      contact: (callId) => new Contact(threads.of(session), callId, media ? 'voice' : 'chat', language),
      voice: media ? await openVoiceParts(session, language, { config, clock, voice, site, policy }) : null,
      timelines,
      observe: metrics.observer(),
      clock,
      log,
    };
  };
}

async function openVoiceParts(
  session: Session,
  language: string,
  parts: { config: Config; clock: Clock; voice: Voice; site: Site; policy: Policy },
): Promise<VoiceParts> {
  const { config, clock, voice, site, policy } = parts;
  const { pool, stt, tts } = voice;
  if (!pool.value || !stt.value || !tts.value) throw new SegueError('MEDIA_UNAVAILABLE');
  const room = await pool.value.createRoom();
  try {
    const { stunUrls, turnUrls, turnSecret } = config.rtc;
    const [leg, stream] = await Promise.all([
      room.createCallerLeg(),
      stt.value.open({ language, phrases: policy.phrases, spot: spotPhrases(language) }),
    ]);
    return {
      room,
      leg,
      iceServers: iceServersFor(session.id, { urls: [...stunUrls, ...turnUrls], turnSecret }, clock),
      codec: voice.codec,
      vad: voice.vad,
      vadFallback: voice.fallbackVad,
      stt: stream,
      languageId: voice.languageId.value,
      tts: tts.value,
      voiceName: site.voice,
    };
  } catch (error) {
    room.close();
    throw error;
  }
}

/** The visitor's language where ears and mouth speak it, else the first that they do. */
function spokenLanguage(session: Session, { stt, tts }: Voice): string {
  const spoken = (stt.value?.languages ?? []).filter((language) => tts.value?.languages.includes(language));
  return spoken.includes(session.language) ? session.language : (spoken[0] ?? session.language);
}

function readinessOf(
  voice: Voice,
  calls: Calls,
  record: LedgerParts,
  bySite: ReadonlyMap<string, SiteParts>,
): Readiness {
  const systems = [...systemsOf(bySite)].map(([name, breaker]) => [
    `system ${name}`,
    breaker === 'closed' ? { ok: true } : { ok: false, detail: `It does not answer (${breaker}).` },
  ]);
  const state = ({ problem }: Part<unknown>) =>
    problem === null ? { ok: true } : { ok: false, detail: problem };
  const capacity = calls.full ? { ok: false, detail: 'All lines are busy.' } : { ok: true };
  return {
    ready: !calls.full,
    parts: {
      media:
        voice.pool.value?.available === false
          ? { ok: false, detail: 'No media worker lives.' }
          : state(voice.pool),
      stt: state(voice.stt),
      tts: state(voice.tts),
      capacity,
      ...Object.fromEntries(systems),
      ledger: record.state(),
    },
  };
}
