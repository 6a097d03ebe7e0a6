import { describe, expect, it } from 'vitest';
import { LanguageEar } from '../../../client/hearing/languageEar.ts';
import { packLid, unpackLid } from '../../../shared/lid/packedLid.ts';
import { readTensorBundle } from '../../../shared/lid/tensorBundle.ts';
import { languageModelDir, languageModelFiles } from '../../fakes/languageModel.ts';
import { noise, pieces, readWav, recording } from '../../fakes/recordings.ts';

const german = recording('de/de4-68.wav');

describe.skipIf(!languageModelDir)('the device’s ear for the language', () => {
  const { index, data } = languageModelFiles(languageModelDir ?? '');
  const weights = unpackLid(packLid(readTensorBundle(index, data)).buffer);

  function open({ tickMs = 0, loaded = true } = {}) {
    let timeMs = 0;
    const told: [string, number][] = [];
    const givenUp: number[] = [];
    const ear = new LanguageEar(
      () => {
        timeMs += tickMs;
        return timeMs;
      },
      {
        onLanguage: (language, confidence) => told.push([language, confidence]),
        onGivenUp: (sliceMs) => givenUp.push(sliceMs),
      },
    );
    if (loaded) ear.load(weights);
    const hear = (pcm16k: Float32Array, probability: number) => {
      for (const window of pieces(pcm16k, 512)) {
        ear.hear(window, probability);
        // Pieces of an AudioWorklet at 48 kHz.
        for (let quantum = 0; quantum < 12; quantum += 1) ear.work();
      }
    };
    return { ear, told, givenUp, hear };
  }

  it.skipIf(!german)('recognises a real voice while it still talks', () => {
    const { told, hear } = open();
    hear(readWav(german as string).slice(8_000), 0.9);
    expect(new Set(told.map(([language]) => language))).toEqual(new Set(['de']));
    expect(told[0]?.[1]).toBeGreaterThan(0.8);
  });

  it.skipIf(!german)('listens only while the assistant is silent', () => {
    const { ear, told, hear } = open();
    ear.assistantTalks = true;
    hear(readWav(german as string), 0.9);
    hear(noise(1_500, -60), 0);
    expect(told).toEqual([]);
  });

  it('hears nothing without its network, and in silence', () => {
    const without = open({ loaded: false });
    without.hear(noise(6_000, -20), 0.9);
    const silent = open();
    silent.hear(noise(6_000, -20), 0.1);
    expect([...without.told, ...silent.told]).toEqual([]);
  });

  it('is given up where it is too slow, and told so once', () => {
    // Three slices a piece take 3 ms.
    const { givenUp, told, hear } = open({ tickMs: 3 });
    hear(noise(9_000, -20), 0.9);
    expect(givenUp).toHaveLength(1);
    expect(givenUp[0]).toBeCloseTo(1, 1);
    expect(told).toEqual([]);
  });

  it('refuses weights of another network', () => {
    expect(() => open({ loaded: false }).ear.load(new Map())).toThrow('no layer');
  });
});
