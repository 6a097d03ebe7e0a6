import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readOnnxWeights } from '../../../shared/vad/onnxWeights.ts';
import { packWeights, unpackWeights } from '../../../shared/vad/packedWeights.ts';
import { freshState, SileroNetwork, STEPS, WINDOW } from '../../../shared/vad/sileroNetwork.ts';
import { babble } from '../../fakes/voice.ts';

const model = new URL('silero_vad_v5.onnx', import.meta.resolve('@ricky0123/vad-web'));
const weights = readOnnxWeights(readFileSync(model));
const speech = babble(150);
const windows = Array.from({ length: Math.floor(speech.length / WINDOW) }, (_, at) =>
  speech.slice(at * WINDOW, (at + 1) * WINDOW),
);

function judgeAll(network: SileroNetwork): number[] {
  const state = freshState();
  return windows.map((window) => network.judge(window, state));
}

describe('the voice detector', () => {
  it('says the same in steps as at once', () => {
    const network = new SileroNetwork(weights);
    const state = freshState();
    const inSteps = windows.map((window) => {
      const reused = window.slice();
      const steps = network.steps(reused, state);
      let taken = 0;
      for (;;) {
        const { done, value } = steps.next();
        taken += 1;
        // After the first step the window may be filled anew.
        reused.fill(1);
        if (!done) continue;
        expect(taken).toBe(STEPS);
        return value;
      }
    });
    expect(inSteps).toEqual(judgeAll(network));
  });
});

describe('the weights for the page', () => {
  let packed: Uint8Array<ArrayBuffer>;
  beforeAll(() => {
    packed = packWeights(weights);
  });
  const copy = () => packed.buffer.slice(0);

  it('are at most 1.3 MB, and judge as the model does to within a hundredth', () => {
    expect(packed.byteLength).toBeLessThan(1_300_000);
    const exact = judgeAll(new SileroNetwork(weights));
    const rounded = judgeAll(new SileroNetwork(unpackWeights(copy())));
    expect(Math.max(...exact)).toBeGreaterThan(0.3);
    for (const [at, value] of rounded.entries())
      expect(Math.abs(value - (exact[at] as number))).toBeLessThan(0.01);
  });

  it('keep eleven bits of every constant', () => {
    for (const [name, { shape, values }] of unpackWeights(copy())) {
      const before = weights.get(name);
      expect(shape).toEqual(before?.shape);
      const off = values.findIndex((value, at) => {
        const exact = before?.values[at] as number;
        return Math.abs(value - exact) > Math.max(Math.abs(exact) / 2048, 2 ** -25);
      });
      expect(off).toBe(-1);
    }
  });

  it('are refused when they are cut off, damaged or another file', () => {
    expect(() => unpackWeights(copy().slice(0, 1000))).toThrow('another length');
    expect(() => unpackWeights(new ArrayBuffer(0))).toThrow('another length');
    const damaged = copy();
    new DataView(damaged).setUint8(300_000, 77);
    expect(() => unpackWeights(damaged)).toThrow('damaged');
    const renamed = copy();
    new DataView(renamed).setUint8(0, 0);
    expect(() => unpackWeights(renamed)).toThrow('damaged');
    expect(() => packWeights(new Map())).toThrow('no ');
  });
});
