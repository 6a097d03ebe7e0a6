import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import type { Segment } from './turnSet.ts';

const FRAME_MS = 10;
const FRAME = (FRAME_MS / 1000) * SPEECH_RATE_HZ;
/** Rumble, hum and the breath that hits a microphone are under the speech that is heard. */
const HIGH_PASS_HZ = 250;
/** Surely speech: no further below the loudest frame than that, for so many frames. */
const CORE_BELOW_PEAK_DB = 22;
const CORE_FRAMES = 4;
/** Speech goes on from there down to so far below the loudest frame… */
const BELOW_PEAK_DB = 36;
/** …or to so far over the recording's own noise: the level that a tenth of its frames stay under. */
const OVER_NOISE_DB = 9;
const QUIETEST_SHARE = 0.1;
/** Dips inside of a sound, and closures between two sounds. */
const DIP_FRAMES = 3;
const BRIDGED_MS = 150;

/**
 * Where a clean recording has speech, by nothing but energy, so that no detector is measured by itself: two
 * thresholds as in Rabiner & Sambur 1975 ("An algorithm for determining the endpoints of isolated utterances") over
 * 10 ms frames above 250 Hz. Sounds of 40 ms within 22 dB of the peak are speech, and so is what joins them down to
 * the peak − 36 dB (at least the recording's noise + 9 dB); gaps up to 150 ms are bridged.
 */
export function energySegments(pcm16k: Float32Array): Segment[] {
  const levels = levelsOf(highPassed(pcm16k));
  const sorted = levels.toSorted((a, b) => a - b);
  const peakDb = sorted.at(-1) ?? 0;
  const noiseDb = sorted[Math.floor(sorted.length * QUIETEST_SHARE)] ?? 0;
  const leastDb = Math.max(peakDb - BELOW_PEAK_DB, noiseDb + OVER_NOISE_DB);
  const coreDb = Math.max(peakDb - CORE_BELOW_PEAK_DB, leastDb);
  const segments: Segment[] = [];
  for (const { from, to } of runs(levels, leastDb)) {
    const core = levels.slice(from, to).filter((level) => level >= coreDb).length;
    if (core < CORE_FRAMES) continue;
    const last = segments.at(-1);
    const startMs = from * FRAME_MS;
    const endMs = to * FRAME_MS;
    if (last && startMs - last.endMs <= BRIDGED_MS) last.endMs = endMs;
    else segments.push({ startMs, endMs });
  }
  return segments;
}

/** Frames over a level, dips included. */
function runs(levels: readonly number[], leastDb: number): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const [at, level] of levels.entries()) {
    if (level < leastDb) continue;
    const last = found.at(-1);
    if (last && at - last.to <= DIP_FRAMES) last.to = at + 1;
    else found.push({ from: at, to: at + 1 });
  }
  return found;
}

function levelsOf(pcm16k: Float32Array): number[] {
  return Array.from({ length: Math.floor(pcm16k.length / FRAME) }, (_, at) => {
    const frame = pcm16k.subarray(at * FRAME, (at + 1) * FRAME);
    const square = frame.reduce((sum, sample) => sum + sample * sample, 0) / FRAME;
    return 10 * Math.log10(Math.max(square, 1e-12));
  });
}

/** Second-order Butterworth (R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients"). */
function highPassed(pcm16k: Float32Array): Float32Array {
  const omega = (2 * Math.PI * HIGH_PASS_HZ) / SPEECH_RATE_HZ;
  const alpha = Math.sin(omega) / Math.SQRT2;
  const cosine = Math.cos(omega);
  const b = (1 + cosine) / 2 / (1 + alpha);
  const a1 = (-2 * cosine) / (1 + alpha);
  const a2 = (1 - alpha) / (1 + alpha);
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return pcm16k.map((x) => {
    const y = b * (x - 2 * x1 + x2) - a1 * y1 - a2 * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return y;
  });
}
