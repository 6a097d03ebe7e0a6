import { SPEECH_RATE_HZ } from '../../shared/audio.ts';

const STEP_SAMPLES = (SPEECH_RATE_HZ * 10) / 1000;
/** Words last about 300 ms: the beginning of the one that was cut off is within this. */
const LONGEST_BACK_SAMPLES = (SPEECH_RATE_HZ * 600) / 1000;
/** Stopped this close to the beginning, a clip is played anew. */
const BEGINNING_SAMPLES = (SPEECH_RATE_HZ * 250) / 1000;
/** A gap between words has less than this share of the energy around it, −20 dB. */
const GAP_SHARE = 0.01;

/**
 * Where speech that was stopped at a sample goes on: the last gap between sounds before it, or the quietest moment
 * where there is none; at most 600 ms earlier.
 */
export function resumePoint(pcm16k: Float32Array, stoppedAt: number): number {
  const stop = Math.min(stoppedAt, pcm16k.length);
  if (stop < BEGINNING_SAMPLES) return 0;
  const steps: { at: number; energy: number }[] = [];
  for (let at = stop - STEP_SAMPLES; at >= Math.max(0, stop - LONGEST_BACK_SAMPLES); at -= STEP_SAMPLES) {
    const step = pcm16k.subarray(at, at + STEP_SAMPLES);
    steps.push({ at, energy: step.reduce((sum, sample) => sum + sample * sample, 0) });
  }
  const loudest = Math.max(...steps.map(({ energy }) => energy));
  const quietest = steps.reduce((least, step) => (step.energy < least.energy ? step : least));
  return (steps.find(({ energy }) => energy <= GAP_SHARE * loudest) ?? quietest).at;
}
