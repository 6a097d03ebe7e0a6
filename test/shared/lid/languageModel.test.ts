import { describe, expect, it } from 'vitest';
import { maskedCrc32c } from '../../../shared/lid/crc32c.ts';
import { LABELS, TENSORS } from '../../../shared/lid/lidLayers.ts';
import { LidNetwork } from '../../../shared/lid/lidNetwork.ts';
import { packLid, unpackLid } from '../../../shared/lid/packedLid.ts';
import { readTensorBundle } from '../../../shared/lid/tensorBundle.ts';
import { languageModelDir, languageModelFiles } from '../../fakes/languageModel.ts';
import { readWav, recording } from '../../fakes/recordings.ts';

const SPOKEN = [
  ['de', 'de/de4-67.wav'],
  ['es', 'es/es-0027.wav'],
  ['fr', 'fr/fr-sb-497.wav'],
  ['en', 'en/jfk.wav'],
] as const;

/** What the five seconds of de/de4-67.wav give, computed independently in double precision. */
const GERMAN_SCORES = [-6.9286, -3.636, 1.2, 18.9067, -2.6473];

function shares(scores: Float32Array): number[] {
  const highest = Math.max(...scores);
  const parts = Array.from(scores, (score) => Math.exp(score - highest));
  const sum = parts.reduce((a, b) => a + b);
  return parts.map((part) => part / sum);
}

it('checks a sum as RFC 3720 does', () => {
  // 32 bytes of zeros: CRC-32C 8a9136aa, here rotated by 15 bits and shifted by a282ead8.
  const crc = 0x8a9136aa;
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  expect(maskedCrc32c(new Uint8Array(32))).toBe(masked);
});

describe.skipIf(!languageModelDir)('the language model', () => {
  const files = languageModelFiles(languageModelDir ?? '');
  const weights = readTensorBundle(files.index, files.data);
  const network = new LidNetwork(weights);
  const speech = SPOKEN.flatMap(([language, name]) => {
    const file = recording(name);
    return file ? [{ language, pcm16k: readWav(file).subarray(0, 80_000) }] : [];
  });

  it('has every tensor in its shape', () => {
    for (const { name, shape } of TENSORS) expect(weights.get(name)?.shape).toEqual(shape);
  });

  it.skipIf(speech.length === 0)('knows the language of real recordings', () => {
    for (const { language, pcm16k } of speech) {
      const found = shares(network.judge(pcm16k));
      expect(found[LABELS.indexOf(language)]).toBeGreaterThan(0.9);
    }
  });

  it.skipIf(speech.length === 0)('answers as an independent computation of the same model does', () => {
    const [german] = speech;
    if (german?.language !== 'de') return;
    const scores = network.judge(german.pcm16k);
    for (const [at, exact] of GERMAN_SCORES.entries()) expect(scores[at]).toBeCloseTo(exact, 2);
  });

  it('does not care how loud the speech is, and takes any length from 0.2 s', () => {
    const loud = speech[0]?.pcm16k ?? Float32Array.from({ length: 40_000 }, (_, at) => Math.sin(at / 10));
    const quiet = loud.map((sample) => sample / 64);
    const before = network.judge(loud);
    for (const [at, score] of network.judge(quiet).entries())
      expect(score).toBeCloseTo(before[at] as number, 3);
    expect(network.judge(loud.subarray(0, 3200))).toHaveLength(LABELS.length);
    expect(() => network.judge(loud.subarray(0, 1000))).toThrow('too short');
    expect(network.judge(new Float32Array(16_000)).every(Number.isFinite)).toBe(true);
  });

  it('says the same in slices as at once', () => {
    const window = Float32Array.from({ length: 16_000 }, (_, at) => Math.sin(at / 7) * Math.sin(at / 900));
    const steps = network.steps(window);
    let slices = 0;
    for (;;) {
      const { done, value } = steps.next();
      slices += 1;
      if (!done) continue;
      expect(value).toEqual(network.judge(window));
      break;
    }
    // Several a frame of 32 ms: none is long.
    expect(slices).toBeGreaterThan(150);
  });

  it('is packed into 0.7 MB and judges the same', () => {
    const packed = packLid(weights);
    expect(packed.byteLength).toBeLessThan(710_000);
    const rounded = new LidNetwork(unpackLid(packed.buffer));
    for (const { language, pcm16k } of speech) {
      const exact = shares(network.judge(pcm16k))[LABELS.indexOf(language)] as number;
      const found = shares(rounded.judge(pcm16k))[LABELS.indexOf(language)] as number;
      expect(Math.abs(exact - found)).toBeLessThan(0.05);
    }
  });

  it('is refused when packed weights are cut off, damaged or another file', () => {
    const packed = packLid(weights).buffer;
    expect(() => unpackLid(packed.slice(0, 1000))).toThrow('another length');
    expect(() => unpackLid(new ArrayBuffer(0))).toThrow('another length');
    for (const at of [0, 5, 300_000]) {
      const damaged = packed.slice(0);
      new DataView(damaged).setUint8(at, 77);
      expect(() => unpackLid(damaged)).toThrow('damaged');
    }
    expect(() => packLid(new Map())).toThrow('no layer');
  });

  it('is refused when its checkpoint is cut off, damaged or another file', () => {
    const { index, data } = files;
    expect(() => readTensorBundle(index.subarray(0, 20), data)).toThrow('cut off');
    expect(() => readTensorBundle(index.subarray(0, index.length - 1), data)).toThrow('not the index');
    expect(() => readTensorBundle(index, data.subarray(0, 1_000_000))).toThrow('cut off');
    expect(() => readTensorBundle(new Uint8Array(index.length), data)).toThrow('not the index');
    const changed = data.slice();
    changed[700_000] = (changed[700_000] as number) ^ 1;
    expect(() => readTensorBundle(index, changed)).toThrow('damaged at variables/');
    for (const at of [1, 40, 400, 1200, index.length - 5]) {
      const bent = index.slice();
      bent[at] = (bent[at] as number) ^ 0x40;
      expect(() => readTensorBundle(bent, data)).toThrow();
    }
  });

  it('is refused when a tensor is missing or has another shape', () => {
    const without = new Map(weights);
    without.delete('variables/21');
    expect(() => new LidNetwork(without)).toThrow('no variables/21');
    const bent = new Map(weights);
    const values = weights.get('variables/16')?.values as Float32Array;
    bent.set('variables/16', { shape: [256, 1025], values });
    expect(() => new LidNetwork(bent)).toThrow('no variables/16');
    const nonsense = new Map(weights);
    nonsense.set('variables/18', { shape: [256], values: new Float32Array(256).fill(Number.NaN) });
    expect(() => new LidNetwork(nonsense).judge(new Float32Array(8000))).toThrow('nonsense');
  });
});
