import { FRAME_SAMPLES_16K, SPEECH_RATE_HZ } from '../../shared/audio.ts';

const SYLLABLE_SAMPLES = SPEECH_RATE_HZ * 0.11;
const PITCHES_HZ = [120, 165, 105, 190, 140, 220, 130];

/** Voiced syllables of changing pitch, so that codecs treat it as speech and cannot guess what comes next. */
export function babble(frames: number, level = 0.3): Float32Array {
  let phase = 0;
  return Float32Array.from({ length: frames * FRAME_SAMPLES_16K }, (_, index) => {
    const syllable = Math.floor(index / SYLLABLE_SAMPLES);
    const within = (index % SYLLABLE_SAMPLES) / SYLLABLE_SAMPLES;
    phase += (2 * Math.PI * (PITCHES_HZ[syllable % PITCHES_HZ.length] ?? 120)) / SPEECH_RATE_HZ;
    const formant = 3 + (syllable % 4);
    const glottis = Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.7 * Math.sin(formant * phase);
    return level * 0.5 * glottis * Math.sin(Math.PI * within) ** 2;
  });
}

export function framesOf(pcm16k: Float32Array): Float32Array[] {
  return Array.from({ length: Math.floor(pcm16k.length / FRAME_SAMPLES_16K) }, (_, index) =>
    pcm16k.slice(index * FRAME_SAMPLES_16K, (index + 1) * FRAME_SAMPLES_16K),
  );
}

export function rms(pcm: Float32Array): number {
  return Math.sqrt(pcm.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, pcm.length));
}
