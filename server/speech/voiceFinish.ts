import { SPEECH_RATE_HZ } from '../../shared/audio.ts';

const STEP_SAMPLES = SPEECH_RATE_HZ / 200;
const LEAD_SAMPLES = 0.04 * SPEECH_RATE_HZ;
const TAIL_SAMPLES = 0.08 * SPEECH_RATE_HZ;
const FADE_SAMPLES = SPEECH_RATE_HZ / 250;
const TARGET_RMS = 10 ** (-20 / 20);
const PEAK_LIMIT = 10 ** (-1 / 20);
/** A step counts as speech within this ratio of the loudest one (−34 dB). */
const SPEECH_RATIO = 0.02;

function stepLevels(pcm16k: Float32Array): Float32Array {
  const levels = new Float32Array(Math.ceil(pcm16k.length / STEP_SAMPLES));
  for (let step = 0; step < levels.length; step++) {
    const from = step * STEP_SAMPLES;
    const to = Math.min(from + STEP_SAMPLES, pcm16k.length);
    let sum = 0;
    for (let i = from; i < to; i++) sum += (pcm16k[i] as number) ** 2;
    levels[step] = Math.sqrt(sum / (to - from));
  }
  return levels;
}

/**
 * A synthesised sentence made ready to play: silence before it cut to 40 ms and after it to 80 ms, loudness of its
 * speech −20 dBFS RMS with peaks at most −1 dBFS, edges faded. Silence stays silence.
 */
export function finishVoice(pcm16k: Float32Array): Float32Array<ArrayBuffer> {
  const levels = stepLevels(pcm16k);
  const loudest = levels.reduce((max, level) => Math.max(max, level), 0);
  const isSpeech = (level: number) => loudest > 0 && level >= loudest * SPEECH_RATIO;
  const first = levels.findIndex(isSpeech);
  if (first < 0) return new Float32Array(LEAD_SAMPLES);
  const last = levels.findLastIndex(isSpeech);
  const from = Math.max(0, first * STEP_SAMPLES - LEAD_SAMPLES);
  const to = Math.min(pcm16k.length, (last + 1) * STEP_SAMPLES + TAIL_SAMPLES);
  const finished = pcm16k.slice(from, to) as Float32Array<ArrayBuffer>;

  const spoken = levels.filter(isSpeech);
  const rms = Math.sqrt(spoken.reduce((sum, level) => sum + level ** 2, 0) / spoken.length);
  const peak = finished.reduce((max, sample) => Math.max(max, Math.abs(sample)), 0);
  const gain = Math.min(TARGET_RMS / rms, PEAK_LIMIT / peak);
  for (let i = 0; i < finished.length; i++) {
    const fade = Math.min(1, i / FADE_SAMPLES, (finished.length - 1 - i) / FADE_SAMPLES);
    finished[i] = (finished[i] as number) * gain * fade;
  }
  return finished;
}
