/**
 * Background sounds for benches and tests (this file, `scripts/bench/noise.ts`, is their one place): the same each time
 * for a seed, endless, at 16 kHz, with an RMS of about 1, so that a level in dBFS is a factor (`gainOf`).
 */
import { SPEECH_RATE_HZ } from '../../shared/audio.ts';

export const NOISE_KINDS = ['white', 'pink', 'hum', 'street', 'babble'] as const;
export type NoiseKind = (typeof NOISE_KINDS)[number];

/** The next so many samples. */
export type Noise = (samples: number) => Float32Array<ArrayBuffer>;

/** Voices of which babble is made, at least one. */
export type Voices = readonly Float32Array[];

/** Talkers at once: a full room, of which no word can be made out. */
const TALKERS = 12;

/** `voices`: recordings for babble; without them it is refused. */
export function noiseOf(kind: NoiseKind, seed: number, voices: Voices = []): Noise {
  const random = seededRandom(seed);
  const next = {
    white: () => white(random),
    pink: () => pink(random),
    hum: () => hum(random),
    street: () => street(random),
    babble: () => babble(random, voices),
  }[kind]();
  return (samples) => new Float32Array(samples).map(() => next());
}

/** Factor of an RMS level: dB relative to full scale. */
export const gainOf = (dBFS: number): number => 10 ** (dBFS / 20);

/** Level of samples in dBFS (RMS). */
export function levelDb(pcm16k: Float32Array): number {
  const square = pcm16k.reduce((sum, sample) => sum + sample * sample, 0) / (pcm16k.length || 1);
  return 10 * Math.log10(Math.max(square, 1e-12));
}

/** Uniform in 0…1 (mulberry32, T. Ettinger, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function white(random: () => number): () => number {
  return () => (2 * random() - 1) * Math.sqrt(3);
}

/** Octaves of held random values (R. F. Voss after M. Gardner, Scientific American 238(4), 1978): falls by 3 dB an octave. */
function pink(random: () => number): () => number {
  const OCTAVES = 12;
  const rows = Array.from({ length: OCTAVES }, () => 2 * random() - 1);
  let count = 0;
  return () => {
    count = (count + 1) % 2 ** OCTAVES;
    const row = count === 0 ? OCTAVES - 1 : 31 - Math.clz32(count & -count);
    rows[row] = 2 * random() - 1;
    return rows.reduce((sum, value) => sum + value, 0) * Math.sqrt(3 / OCTAVES);
  };
}

/** Mains and a fan: 50 Hz with odd harmonics, and a little pink noise. */
function hum(random: () => number): () => number {
  const breath = pink(random);
  const phase = 2 * Math.PI * random();
  let at = 0;
  return () => {
    at += 1;
    const turn = (2 * Math.PI * 50 * at) / SPEECH_RATE_HZ + phase;
    const mains =
      Math.sin(turn) + 0.6 * Math.sin(3 * turn) + 0.4 * Math.sin(5 * turn) + 0.2 * Math.sin(7 * turn);
    return 1.05 * mains + 0.3 * breath();
  };
}

/** Traffic: low rumble that swells by ±8 dB every few seconds as something passes, and now and then a clank. */
function street(random: () => number): () => number {
  const source = white(random);
  let rumble = 0;
  let swellDb = 0;
  let targetDb = 0;
  let untilSwell = 0;
  let clank = 0;
  let clankHz = 0;
  let at = 0;
  return () => {
    at += 1;
    if (untilSwell-- <= 0) {
      targetDb = 16 * random() - 8;
      untilSwell = SPEECH_RATE_HZ * (0.7 + 2 * random());
      if (random() < 0.3) {
        clank = 2;
        clankHz = 600 + 1_800 * random();
      }
    }
    swellDb += (targetDb - swellDb) / (0.5 * SPEECH_RATE_HZ);
    clank *= 1 - 1 / (0.06 * SPEECH_RATE_HZ);
    rumble += (source() - rumble) * 0.12;
    const ring = clank * Math.sin((2 * Math.PI * clankHz * at) / SPEECH_RATE_HZ);
    return (3.2 * rumble + ring) * gainOf(swellDb);
  };
}

/** Several recordings at once, each beginning anywhere and played round and round. */
function babble(random: () => number, voices: Voices): () => number {
  if (voices.length === 0) throw new Error('Babble is made of voices, and none were given.');
  const talkers = Array.from({ length: TALKERS }, (_, index) => {
    const pcm16k = voices[Math.floor(random() * voices.length + index) % voices.length] as Float32Array;
    const gain = 1 / (gainOf(levelDb(pcm16k)) * Math.sqrt(TALKERS));
    return { pcm16k, gain, at: Math.floor(random() * pcm16k.length) };
  });
  return () => {
    let sum = 0;
    for (const talker of talkers) {
      sum += talker.gain * (talker.pcm16k[talker.at] as number);
      talker.at = (talker.at + 1) % talker.pcm16k.length;
    }
    return sum;
  };
}
