import { libvoskFile, modelDir, userCacheDir, workerBinary } from '../../shared/cache.ts';
import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { OpusCodec } from '../audio/codec.ts';
import { openEvanOpus } from '../audio/engines/evanOpus.ts';
import type { VoiceParts } from '../call/callParts.ts';
import { ReadySpeech } from '../call/readySpeech.ts';
import { VoiceLine, type VoicePlace } from '../call/voiceLine.ts';
import type { Config } from '../config.ts';
import type { Session } from '../context/session.ts';
import type { Policy } from '../dialog/policy.ts';
import { iceServersFor } from '../media/iceServers.ts';
import type { Room } from '../media/room.ts';
import { WorkerPool } from '../media/workerPool.ts';
import type { Site } from '../sites.ts';
import { cachedTts } from '../speech/cachedTts.ts';
import type { Trouble } from '../speech/engineHealth.ts';
import { energyVad } from '../speech/engines/energyVad.ts';
import { FLITE_VOICES, loadFlite } from '../speech/engines/flite.ts';
import { loadSilero } from '../speech/engines/silero.ts';
import { loadVosk } from '../speech/engines/vosk.ts';
import { openZkmLid } from '../speech/engines/zkmLid.ts';
import { failoverStt } from '../speech/failoverStt.ts';
import { failoverTts } from '../speech/failoverTts.ts';
import type { LanguageIdEngine } from '../speech/languageId.ts';
import { standbyTts } from '../speech/standbyTts.ts';
import type { SttEngine } from '../speech/stt.ts';
import type { TtsEngine } from '../speech/tts.ts';
import type { VadEngine } from '../speech/vad.ts';
import { spotPhrases } from '../turns/spotting.ts';
import type { Common } from './common.ts';
import { Part } from './part.ts';
import { mediasoupVersion } from './versions.ts';

/** Everything that sound needs. */
export type Voice = {
  pool: Part<WorkerPool>;
  stt: Part<SttEngine>;
  tts: Part<TtsEngine>;
  languageId: Part<LanguageIdEngine & { close(): unknown }>;
  silero: Part<VadEngine>;
  /** Silero, or what there is without it. */
  readonly vad: VadEngine;
  fallbackVad: VadEngine;
  codec: OpusCodec;
  /** Sentences that need no engine; null without a voice. */
  readonly ready: ReadySpeech | null;
  /** Whether a call can be spoken. */
  readonly usable: boolean;
};

/** Opens the engines of speech and the media; what is missing switches voice off until it is there. */
export async function openVoice(config: Config, { clock, log, opened }: Common): Promise<Voice> {
  const cache = userCacheDir();
  const onTrouble: Trouble = (engine, error) =>
    log.warn({ engine, err: error }, 'a speech engine failed; another trial is made');
  const part = async <Value extends { close(): unknown }>(name: string, open: () => Promise<Value>) =>
    opened(await Part.open(open, { name, clock, log }));
  const [pool, stt, tts, silero, languageId, codec] = await Promise.all([
    part('media', () =>
      WorkerPool.start({
        workers: config.rtc.workers,
        workerBin: config.rtc.workerBin ?? workerBinary(cache, mediasoupVersion()),
        listenIp: config.host,
        announcedAddress: config.rtc.announcedAddress,
        basePort: config.rtc.basePort,
        clock,
      }),
    ),
    part('stt', async () => {
      const vosk = await loadVosk({
        libraryFile: libvoskFile(cache),
        modelDir: modelDir(cache, 'vosk-en'),
        language: 'en',
        ...(config.sttThreads === undefined ? {} : { threads: config.sttThreads }),
      });
      return failoverStt([vosk], { clock, onTrouble });
    }),
    part('tts', async () => {
      const flite = await loadFlite();
      const second = standbyTts({ name: 'flite', languages: ['en'], voices: FLITE_VOICES }, () =>
        loadFlite(),
      );
      return cachedTts(failoverTts([flite, second], { clock, onTrouble }));
    }),
    part('vad', () => loadSilero()),
    part('languageId', async () => openZkmLid({ modelDir: modelDir(cache, 'zkm-lid') })),
    openEvanOpus(),
  ]);
  const fallbackVad = opened(energyVad());
  void pool.there.then((rooms) =>
    rooms.on('workerDied', ({ index, detail, restartInMs }) =>
      log.error({ worker: index, detail, restartInMs }, 'a media worker died'),
    ),
  );
  let ready: ReadySpeech | null = null;
  void tts.there.then((engine) => {
    ready = new ReadySpeech(engine);
  });
  return {
    pool,
    stt,
    tts,
    languageId,
    silero,
    get vad() {
      return silero.value ?? fallbackVad;
    },
    fallbackVad,
    codec,
    get ready() {
      return ready;
    },
    get usable() {
      return Boolean(pool.value?.available && stt.value && tts.value);
    },
  };
}

/** The parts of one spoken call. Rejects with MEDIA_UNAVAILABLE. */
export async function openVoiceParts(
  session: Session,
  language: string,
  parts: {
    config: Config;
    clock: Clock;
    voice: Voice;
    site: Site;
    policy: Policy;
    onRoom: (session: Session, room: Room) => void;
    /** The device does not know yet that it has to connect: it is given a place when it asks. */
    waits: boolean;
  },
): Promise<VoiceParts> {
  const { config, clock, voice, site, policy, onRoom, waits } = parts;
  const { pool, stt, tts, ready } = voice;
  if (!pool.value || !stt.value || !tts.value) throw new SegueError('MEDIA_UNAVAILABLE');
  const { stunUrls, turnUrls, turnSecret } = config.rtc;
  const rooms = pool.value;
  const way = {
    clock,
    open: async () => {
      const place = await openPlace(rooms);
      onRoom(session, place.room);
      return place;
    },
    iceServers: () => iceServersFor(session.id, { urls: [...stunUrls, ...turnUrls], turnSecret }, clock),
  };
  const line = waits ? VoiceLine.waiting(way) : await VoiceLine.open(way);
  try {
    const stream = await stt.value.open({ language, phrases: policy.phrases, spot: spotPhrases(language) });
    return {
      line,
      codec: voice.codec,
      vad: voice.vad,
      vadFallback: voice.fallbackVad,
      stt: stream,
      languageId: voice.languageId.value,
      tts: tts.value,
      voiceName: site.voice,
      ready: ready ? (key) => ready.get(key, language, site.voice) : undefined,
    };
  } catch (error) {
    line.close();
    throw error;
  }
}

/** Has what may be needed without an engine made for a site. */
export async function makeReady({ ready, tts }: Voice, site: Site): Promise<void> {
  const languages = tts.value?.languages ?? [];
  await Promise.all(languages.map((language) => ready?.make(language, site.voice)));
}

async function openPlace(pool: WorkerPool): Promise<VoicePlace> {
  const room = await pool.createRoom();
  try {
    return { room, leg: await room.createCallerLeg() };
  } catch (error) {
    room.close();
    throw error;
  }
}

/** The visitor's language where ears and mouth speak it, else the first that they do. */
export function spokenLanguage(session: Session, { stt, tts }: Voice): string {
  const spoken = (stt.value?.languages ?? []).filter((language) => tts.value?.languages.includes(language));
  return spoken.includes(session.language) ? session.language : (spoken[0] ?? session.language);
}
