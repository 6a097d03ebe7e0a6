import type { VadEngine } from '../../server/speech/vad.ts';
import { VAD_WINDOW_SAMPLES } from '../../server/speech/vad.ts';
import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import type { Segment } from './turnSet.ts';

const STEP_MS = 10;
const STEP_SAMPLES = (STEP_MS * SPEECH_RATE_HZ) / 1000;
const WINDOW_MS = (VAD_WINDOW_SAMPLES / SPEECH_RATE_HZ) * 1000;
const SPEECH_PROBABILITY = 0.5;
/** Shorter silences are closures of consonants, not pauses (180 ms: Heldner & Edlund 2010). */
const SHORTEST_PAUSE_MS = 180;
/** So far the loudness may move a boundary that the model has found: outwards (a breath is loud, too) and inwards. */
const OUTWARDS_MS = 60;
const INWARDS_MS = 160;
/** Loud enough to be speech: so far above the background, and so far below the speech's own loud parts. */
const ABOVE_FLOOR_DB = 8;
const BELOW_SPEECH_DB = 32;

/** Loudness in dBFS of steps of 10 ms. */
export function loudnessOf(pcm16k: Float32Array): number[] {
  return Array.from({ length: Math.floor(pcm16k.length / STEP_SAMPLES) }, (_, step) => {
    let sum = 0;
    for (let at = step * STEP_SAMPLES; at < (step + 1) * STEP_SAMPLES; at += 1) sum += pcm16k[at]! ** 2;
    return 10 * Math.log10(sum / STEP_SAMPLES + 1e-10);
  });
}

export function levelAt(loudness: readonly number[], share: number): number {
  const sorted = [...loudness].sort((one, other) => one - other);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? -100;
}

/**
 * Speech where Silero is sure of it, its boundaries moved to where the loudness crosses a threshold between the
 * background (5th percentile) and the speech (90th), pauses under 180 ms left out.
 */
export async function speechSegments(pcm16k: Float32Array, vad: VadEngine): Promise<Segment[]> {
  const found: Segment[] = [];
  for (const [index, probability] of (await judgements(pcm16k, vad)).entries()) {
    if (probability < SPEECH_PROBABILITY) continue;
    const startMs = index * WINDOW_MS;
    const last = found.at(-1);
    if (last && startMs - last.endMs < WINDOW_MS / 2) last.endMs = startMs + WINDOW_MS;
    else found.push({ startMs, endMs: startMs + WINDOW_MS });
  }
  const loudness = loudnessOf(pcm16k);
  const threshold = Math.max(
    levelAt(loudness, 0.05) + ABOVE_FLOOR_DB,
    levelAt(loudness, 0.9) - BELOW_SPEECH_DB,
  );
  const loud = (ms: number): boolean => (loudness[Math.floor(ms / STEP_MS)] ?? -100) > threshold;
  for (const segment of found) refine(segment, loud);
  const joined: Segment[] = [];
  for (const segment of found) {
    const last = joined.at(-1);
    if (last && segment.startMs - last.endMs < SHORTEST_PAUSE_MS) last.endMs = segment.endMs;
    else if (segment.endMs - segment.startMs >= 3 * WINDOW_MS) joined.push(segment);
  }
  return joined;
}

/** Outwards while it is loud, inwards while it is not. */
function refine(segment: Segment, loud: (ms: number) => boolean): void {
  const { startMs, endMs } = segment;
  while (segment.endMs < endMs + OUTWARDS_MS && loud(segment.endMs)) segment.endMs += STEP_MS;
  while (segment.endMs > endMs - INWARDS_MS && !loud(segment.endMs - STEP_MS)) segment.endMs -= STEP_MS;
  while (segment.startMs > startMs - OUTWARDS_MS && loud(segment.startMs - STEP_MS))
    segment.startMs -= STEP_MS;
  while (segment.startMs < startMs + INWARDS_MS && !loud(segment.startMs)) segment.startMs += STEP_MS;
}

async function judgements(pcm16k: Float32Array, vad: VadEngine): Promise<number[]> {
  const stream = await vad.open();
  try {
    const windows = Array.from({ length: Math.floor(pcm16k.length / VAD_WINDOW_SAMPLES) }, (_, index) =>
      pcm16k.slice(index * VAD_WINDOW_SAMPLES, (index + 1) * VAD_WINDOW_SAMPLES),
    );
    return await Promise.all(windows.map((window) => stream.process(window)));
  } finally {
    stream.close();
  }
}
