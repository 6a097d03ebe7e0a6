/** How loud a part of a window is, in dBFS, and whether it hisses, as consonants without voice do. */
export type Sound = { db: number; hisses: boolean };

const PARTS = 4;
/**
 * Energy of the difference from sample to sample beside the energy itself: 2 for white noise, 0.0 to 0.2 for vowels,
 * 1 to 3.8 for the s and sh of 20 voices at 16 kHz.
 */
const HISS = 1;

/** The quarters of a window, 8 ms each: what begins in its midst is loud in the last of them. */
export function soundsOf(pcm16k: Float32Array): Sound[] {
  const length = pcm16k.length / PARTS;
  return Array.from({ length: PARTS }, (_, part) =>
    soundOf(pcm16k.subarray(part * length, (part + 1) * length)),
  );
}

function soundOf(samples: Float32Array): Sound {
  let energy = 0;
  let changes = 0;
  let before = samples[0] ?? 0;
  for (const sample of samples) {
    energy += sample * sample;
    changes += (sample - before) ** 2;
    before = sample;
  }
  return { db: 10 * Math.log10(energy / samples.length), hisses: changes >= HISS * energy };
}
