import type { TtsEngine } from '../../server/speech/tts.ts';
import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import type { OverlapScript } from './overlapCall.ts';

export type Overlapping = {
  kind: 'interruption' | 'backchannel' | 'sound';
  said: string;
  script: OverlapScript;
};

const SAYS =
  'Your parcel left our warehouse in Leeds on Monday morning. ' +
  'The carrier expects to bring it on Thursday before noon, and a neighbour may take it for you.';

const VOICES = ['awb', 'rms', 'kal16'] as const;

const INTERRUPTIONS = [
  'Stop.',
  'Wait.',
  'No.',
  'Hold on.',
  'Sorry, where is my order?',
  'Can I ask something else?',
  'What are your opening hours?',
  'No, I mean the other one.',
  'I want to talk to a person.',
  'Wait a minute.',
  'Cancel my order please.',
  'Stop talking please.',
  'I already know that.',
  'When will it arrive?',
  'That is not what I asked.',
  'Excuse me.',
  'Just tell me the price.',
  'How much does it cost?',
  'Hang on a second.',
  'I have a different question.',
];

const BACKCHANNELS = [
  'Mm-hm.',
  'Uh-huh.',
  'Right.',
  'Okay.',
  'Yeah.',
  'Yes.',
  'Sure.',
  'I see.',
  'Got it.',
  'All right.',
  'Mm.',
  'Okay, okay.',
  'Yeah, yeah.',
  'Oh, okay.',
  'Good.',
  'Great.',
  'Of course.',
  'Fine.',
  'Oh, I see.',
  'Right, right.',
];

/** How loud the caller is, and the noise of their line in dBFS; a caller of flite's has about −20. */
const LINES = [
  { gain: 1, noiseDb: null },
  { gain: 0.5, noiseDb: null },
  { gain: 1, noiseDb: -42 },
  { gain: 0.25, noiseDb: -56 },
  { gain: 0.6, noiseDb: -46 },
] as const;

/** Real interruptions and listeners' sounds by each voice, over lines of several kinds, and coughs and knocks. */
export async function overlapScripts(tts: TtsEngine): Promise<Overlapping[]> {
  const made: Overlapping[] = [];
  const add = (kind: Overlapping['kind'], said: string, pcm16k: Float32Array): void => {
    const index = made.length;
    const { gain, noiseDb } = LINES[index % LINES.length] ?? LINES[0];
    const background = noiseDb === null ? undefined : noiseOf(noiseDb, index + 1);
    const script = {
      says: SAYS,
      pcm16k: pcm16k.map((sample) => sample * gain),
      atMs: 900 + (index % 7) * 250,
      ...(background ? { background } : {}),
    };
    made.push({ kind, said, script });
  };
  for (const [kind, texts] of [
    ['interruption', INTERRUPTIONS],
    ['backchannel', BACKCHANNELS],
  ] as const) {
    for (const voice of VOICES) {
      for (const text of texts) {
        const { pcm16k } = await tts.synthesise(text, { language: 'en', voice });
        add(kind, `${text} (${voice})`, pcm16k);
      }
    }
  }
  for (let index = 0; index < 6; index += 1) {
    add('sound', 'cough', burst(180 + index * 40, index + 1));
    add('sound', 'knock', burst(30 + index * 10, index + 20));
  }
  return made;
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
