import type { TtsEngine } from '../../server/speech/tts.ts';
import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import { rms } from '../call/gate.ts';
import { otherTalkers } from './otherTalkers.ts';
import type { OverlapScript } from './overlapCall.ts';
import { HELD_OUT, type OverlapSet, TUNING } from './overlapSets.ts';

export type Overlapping = {
  kind: 'interruption' | 'backchannel' | 'sound' | 'background';
  said: string;
  script: OverlapScript;
};

const SAYS =
  'Your parcel left our warehouse in Leeds on Monday morning. ' +
  'The carrier expects to bring it on Thursday before noon, and a neighbour may take it for you.';

/** What the caller asks first: that is what the assistant answers when it is spoken over. */
const ASKS = 'Hello. I would like to know when my new jacket will come.';
/** A television or a colleague behind the caller: a tenth of the caller's amplitude. */
const BACKGROUND_DB = -20;
const BACKGROUND_SCRIPTS = 20;

export type SetName = 'held-out' | 'tuning';

/** Real interruptions and listeners' sounds by each voice, over lines of several kinds, coughs and knocks, and others' talk. */
export async function overlapScripts(tts: TtsEngine, name: SetName): Promise<Overlapping[]> {
  const set = name === 'tuning' ? TUNING : HELD_OUT;
  const made: Overlapping[] = [];
  const asking = await Promise.all(set.voices.map((voice) => speak(tts, ASKS, voice)));
  const add = (kind: Overlapping['kind'], said: string, voice: number, pcm16k: Float32Array): void => {
    const index = made.length;
    const { gain, noiseDb } = set.lines[index % set.lines.length] ?? { gain: 1, noiseDb: null };
    const background = noiseDb === null ? undefined : noiseOf(noiseDb, index + set.seed);
    const script = {
      says: SAYS,
      asks16k: scaled(asking[voice] ?? new Float32Array(), gain),
      pcm16k: scaled(pcm16k, gain),
      atMs: set.atMs + (index % 7) * 250,
      ...(background ? { background } : {}),
    };
    made.push({ kind, said, script });
  };
  for (const kind of ['interruption', 'backchannel'] as const) {
    for (const [index, voice] of set.voices.entries()) {
      for (const text of set.texts[kind]) {
        add(kind, `${text} (${voice.name} × ${voice.pitch})`, index, await speak(tts, text, voice));
      }
    }
  }
  for (let index = 0; index < 6; index += 1) {
    add('sound', 'cough', index % set.voices.length, burst(180 + index * 40, index + set.seed));
    add('sound', 'knock', index % set.voices.length, burst(30 + index * 10, index + set.seed + 20));
  }
  const others = await otherTalkers(tts, BACKGROUND_SCRIPTS);
  for (const [index, { name: who, pcm16k }] of others.entries()) {
    const voice = index % set.voices.length;
    const level = 10 ** (BACKGROUND_DB / 20) * (rms(asking[voice] ?? pcm16k) / rms(pcm16k));
    add('background', who, voice, scaled(pcm16k, level));
  }
  return made;
}

/** A voice of flite's; played faster it is higher, and somebody else. */
async function speak(
  tts: TtsEngine,
  text: string,
  voice: OverlapSet['voices'][number],
): Promise<Float32Array> {
  const { pcm16k } = await tts.synthesise(text, { language: 'en', voice: voice.name, rate: 1 / voice.pitch });
  if (voice.pitch === 1) return pcm16k;
  return Float32Array.from({ length: Math.floor(pcm16k.length / voice.pitch) }, (_, index) => {
    const at = index * voice.pitch;
    const before = Math.floor(at);
    const first = pcm16k[before] ?? 0;
    return first + (at - before) * ((pcm16k[before + 1] ?? first) - first);
  });
}

function scaled(pcm16k: Float32Array, gain: number): Float32Array {
  return pcm16k.map((sample) => sample * gain);
}

/** White noise, the same each time. */
function noiseOf(dBFS: number, seed: number): (samples: number) => Float32Array {
  let state = seed;
  const peak = 10 ** (dBFS / 20) * Math.sqrt(3);
  return (samples) =>
    new Float32Array(samples).map(() => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state / 2 ** 31 - 1) * peak;
    });
}

/** A sudden loud noise that dies away within `ms`. */
function burst(ms: number, seed: number): Float32Array {
  const samples = (ms * SPEECH_RATE_HZ) / 1000;
  return noiseOf(-8, seed)(samples).map((sample, at) => sample * Math.exp((-4 * at) / samples));
}
