import { describe, expect, test } from 'vitest';
import { readWav, writeWav } from '../../../scripts/call/wav.ts';
import { tone } from './tone.ts';

describe('WAV', () => {
  test('what was written is read back within a 16-bit step', () => {
    const samples = tone(40);
    const back = readWav(writeWav({ rateHz: 16_000, samples }));
    expect(back.rateHz).toBe(16_000);
    expect(back.samples).toHaveLength(samples.length);
    back.samples.forEach((sample, index) => {
      expect(Math.abs(sample - samples[index]!)).toBeLessThan(1 / 16_000);
    });
  });

  test('channels are mixed to mono', () => {
    const stereo = writeWav({ rateHz: 8000, samples: Float32Array.of(0.5, -0.5, 0.5, 0.25) });
    const view = new DataView(stereo.buffer);
    view.setUint16(22, 2, true);
    const { samples } = readWav(stereo);
    expect(samples).toHaveLength(2);
    expect(samples[0]).toBeCloseTo(0, 4);
    expect(samples[1]).toBeCloseTo(0.375, 4);
  });

  test('chunks before the data are skipped, a data size past the end is cut', () => {
    const wav = writeWav({ rateHz: 16_000, samples: tone(10) });
    const extra = new TextEncoder().encode('LIST\x03\x00\x00\x00abc\x00');
    const withExtra = Uint8Array.from([...wav.subarray(0, 36), ...extra, ...wav.subarray(36)]);
    new DataView(withExtra.buffer).setUint32(36 + extra.length + 4, 0xffffffff, true);
    expect(readWav(withExtra).samples).toHaveLength(160);
  });

  test.each([
    ['an empty file', new Uint8Array()],
    ['another file', new TextEncoder().encode('this is not audio at all')],
    ['a header alone', writeWav({ rateHz: 16_000, samples: tone(10) }).subarray(0, 30)],
  ])('%s is refused', (_, file) => {
    expect(() => readWav(file)).toThrow(/WAV/);
  });
});
