import type { SttEngine } from '../../server/speech/stt.ts';
import type { VadEngine } from '../../server/speech/vad.ts';
import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import { gainOf, noiseOf, seededRandom } from './noise.ts';
import { levelAt, loudnessOf, speechSegments } from './speechSegments.ts';
import type { Recording, Segment } from './turnSet.ts';

/** A caller's whole turn with the truth about it. */
export type LabelledTurn = {
  name: string;
  language: string;
  /** As recorded; broken by a pause inside a sentence; two sentences with a pause between. */
  kind: 'whole' | 'broken' | 'joined';
  pcm16k: Float32Array;
  /** What is between two of them is an inner pause; the last one's end is the end of the turn. */
  segments: Segment[];
};

type Clip = { pcm16k: Float32Array; segments: Segment[] };

const BEFORE_MS = 300;
const AFTER_MS = 2_000;
/** Pauses inside turns: log-normal (Demol et al. 2007), the medium ones of Campione & Véronis 2002. */
const PAUSE = { medianMs: 450, sigma: 0.5, leastMs: 300, mostMs: 900 };
const BREAKS_A_RECORDING = 12;
const JOINTS_A_RECORDING = 6;
/** A sentence is broken with at least so much of it on either side. */
const FROM_THE_ENDS_MS = 500;

/**
 * Recordings with marked segments as they are. Of others the segments are found (`speechSegments`), and turns with
 * inner pauses are made of them: broken between words (the recogniser's where there is one, else in a dip of the
 * loudness) or two of one speaker joined. The same turns each time.
 */
export async function labelledTurns(
  recordings: readonly Recording[],
  engines: { vad: VadEngine; stt: SttEngine | null },
): Promise<LabelledTurn[]> {
  const turns: LabelledTurn[] = [];
  const random = seededRandom(7);
  const found: { recording: Recording; clip: Clip }[] = [];
  for (const recording of recordings) {
    const { name, language, pcm16k } = recording;
    const segments = recording.segments ?? (await speechSegments(pcm16k, engines.vad));
    const [first] = segments;
    if (!first) continue;
    const clip = trimmed({ pcm16k, segments });
    turns.push({ name, language, kind: 'whole', ...padded(clip) });
    if (!recording.segments) found.push({ recording, clip });
  }
  for (const { recording, clip } of found) {
    const { name, language } = recording;
    const places = await breaksOf(recording.language, clip, engines.stt);
    for (let count = 0; count < BREAKS_A_RECORDING && places.length > 0; count += 1) {
      const atMs = places[Math.floor(random() * places.length)] ?? 0;
      turns.push({ name, language, kind: 'broken', ...padded(broken(clip, atMs, pauseMs(random))) });
    }
    const others = found.filter((one) => one.recording.speaker === recording.speaker && one.clip !== clip);
    for (let count = 0; count < JOINTS_A_RECORDING && others.length > 0; count += 1) {
      const other = others[Math.floor(random() * others.length)];
      if (!other) continue;
      turns.push({ name, language, kind: 'joined', ...padded(joined(clip, other.clip, pauseMs(random))) });
    }
  }
  return turns;
}

function pauseMs(random: () => number): number {
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const ms = PAUSE.medianMs * Math.exp(PAUSE.sigma * normal);
    if (ms >= PAUSE.leastMs && ms <= PAUSE.mostMs) return Math.round(ms);
  }
}

/** Where a sentence may be broken, in milliseconds of the clip: the middles of gaps between words. */
async function breaksOf(language: string, clip: Clip, stt: SttEngine | null): Promise<number[]> {
  const lastMs = clip.segments.at(-1)?.endMs ?? 0;
  const inside = (ms: number): boolean =>
    ms >= FROM_THE_ENDS_MS &&
    ms <= lastMs - FROM_THE_ENDS_MS &&
    clip.segments.some(({ startMs, endMs }) => ms > startMs + 100 && ms < endMs - 100);
  if (!stt?.languages.includes(language)) return dipsOf(clip.pcm16k).filter(inside);
  const stream = await stt.open({ language });
  try {
    stream.write(clip.pcm16k.slice());
    const { words } = await stream.flush();
    return words.map(({ endMs }) => endMs).filter(inside);
  } finally {
    stream.close();
  }
}

const DIP_DB = 12;

/** Places that are far quieter than what is around them. */
function dipsOf(pcm16k: Float32Array): number[] {
  const loudness = loudnessOf(pcm16k);
  const typical = levelAt(loudness, 0.7);
  const smooth = loudness.map((_, at) => Math.max(...loudness.slice(Math.max(0, at - 2), at + 3)));
  return smooth.flatMap((level, at) => {
    const around = smooth.slice(Math.max(0, at - 10), at + 11);
    return level < typical - DIP_DB && level === Math.min(...around) ? [at * 10 + 5] : [];
  });
}

function broken({ pcm16k, segments }: Clip, atMs: number, ms: number): Clip {
  const at = samples(atMs);
  const before = segments
    .filter(({ startMs }) => startMs < atMs)
    .map(({ startMs, endMs }) => ({ startMs, endMs: Math.min(endMs, atMs) }));
  const after = segments
    .filter(({ endMs }) => endMs > atMs)
    .map(({ startMs, endMs }) => ({ startMs: Math.max(startMs, atMs), endMs }));
  return joinedOf(
    { pcm16k: pcm16k.slice(0, at), segments: before },
    { pcm16k: pcm16k.slice(at), segments: after.map((segment) => moved(segment, -atMs)) },
    ms,
  );
}

const joined = (one: Clip, other: Clip, ms: number): Clip => joinedOf(one, other, ms);

function joinedOf(one: Clip, other: Clip, ms: number): Clip {
  const gap = backgroundOf(one.pcm16k, ms);
  const offsetMs = ((one.pcm16k.length + gap.length) * 1000) / SPEECH_RATE_HZ;
  return {
    pcm16k: concat([faded(one.pcm16k), gap, faded(other.pcm16k)]),
    segments: [...one.segments, ...other.segments.map((segment) => moved(segment, offsetMs))],
  };
}

/** From the first sound to the last. */
function trimmed({ pcm16k, segments }: Clip): Clip {
  const fromMs = segments[0]?.startMs ?? 0;
  const untilMs = segments.at(-1)?.endMs ?? 0;
  return {
    pcm16k: pcm16k.slice(samples(fromMs), samples(untilMs)),
    segments: segments.map((segment) => moved(segment, -fromMs)),
  };
}

function padded({ pcm16k, segments }: Clip): Clip {
  return {
    pcm16k: concat([backgroundOf(pcm16k, BEFORE_MS), pcm16k, backgroundOf(pcm16k, AFTER_MS)]),
    segments: segments.map((segment) => moved(segment, BEFORE_MS)),
  };
}

/** White noise as loud as the quietest hundredth of a clip, and no louder than −50 dBFS. */
function backgroundOf(pcm16k: Float32Array, ms: number): Float32Array {
  const level = Math.min(-50, levelAt(loudnessOf(pcm16k), 0.01));
  return noiseOf('white', 3)(samples(ms)).map((sample) => sample * gainOf(level));
}

/** No click where a clip is cut: 4 ms at each end. */
function faded(pcm16k: Float32Array): Float32Array {
  const edge = samples(4);
  return pcm16k.map((sample, at) => sample * Math.min(1, at / edge, (pcm16k.length - 1 - at) / edge));
}

const samples = (ms: number): number => Math.round((ms * SPEECH_RATE_HZ) / 1000);
const moved = ({ startMs, endMs }: Segment, byMs: number): Segment => ({
  startMs: startMs + byMs,
  endMs: endMs + byMs,
});

function concat(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
