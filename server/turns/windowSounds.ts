/**
 * How loud a part of a window is, in dBFS, and how bright: energy of the difference from sample to sample beside the
 * energy itself, at 16 kHz 2 for white noise, 0.0 to 0.2 for vowels, 1 to 3.8 for the sh and s of ten voices.
 */
export type Sound = { db: number; brightness: number };

const PARTS = 4;
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
  return {
    db: 10 * Math.log10(energy / samples.length),
    brightness: changes / Math.max(energy, Number.MIN_VALUE),
  };
}
