import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SpeechGate as DeviceGate } from '../../client/hearing/speechGate.ts';
import { WindowJudge } from '../../client/hearing/windowJudge.ts';
import { VAD_WINDOW_SAMPLES, type VadEngine } from '../../server/speech/vad.ts';
import { SpeechGate, WINDOW_MS } from '../../server/turns/speechGate.ts';
import { SPEECH_RATE_HZ } from '../../shared/audio.ts';
import { readOnnxWeights, type Weights } from '../../shared/vad/onnxWeights.ts';
import { packWeights, unpackWeights } from '../../shared/vad/packedWeights.ts';
import { resample } from '../call/resample.ts';

/** What a detector said of a sound, in media time. */
export type Detected = {
  /** Probability of speech of each window of 32 ms, in order. */
  probabilities: number[];
  /** Speech begins or is over, at the moment when that is decided. */
  changes: { active: boolean; nowMs: number }[];
};

export type Detector = { name: string; detect(pcm16k: Float32Array): Promise<Detected> };

/** An engine of the server with the server's gate, in the state of it that counts: see `TurnEvents.quiet`. */
export function serverDetector(name: string, engine: VadEngine, state: 'voiced' | 'open'): Detector {
  return {
    name,
    async detect(pcm16k) {
      const stream = await engine.open();
      const gate = new SpeechGate();
      const detected: Detected = { probabilities: [], changes: [] };
      for (let at = 0; at + VAD_WINDOW_SAMPLES <= pcm16k.length; at += VAD_WINDOW_SAMPLES) {
        const window = pcm16k.slice(at, at + VAD_WINDOW_SAMPLES);
        const probability = await stream.process(window.slice());
        detected.probabilities.push(probability);
        const nowMs = detected.probabilities.length * WINDOW_MS;
        const before = gate[state];
        gate.push(probability, nowMs);
        if (gate[state] !== before) detected.changes.push({ active: gate[state], nowMs });
      }
      stream.close();
      return detected;
    },
  };
}

const DEVICE_RATE_HZ = 48_000;
/** What an AudioWorklet is given at a time. */
const DEVICE_PIECE = 128;

/** The page's judge and gate as in the AudioWorklet: pieces at 48 kHz, half-precision weights, asleep while it is quiet. */
export function deviceDetector(name: string, weights: Weights | null): Detector {
  return {
    name,
    async detect(pcm16k) {
      const windows = Math.floor(pcm16k.length / VAD_WINDOW_SAMPLES);
      const detected: Detected = { probabilities: Array<number>(windows).fill(0), changes: [] };
      const gate = new DeviceGate();
      let nowMs = 0;
      // Its cost is another measurement's: here the network is never too slow.
      const judge = new WindowJudge(DEVICE_RATE_HZ, () => 0, {
        onVerdict(verdict) {
          const window = Math.max(0, Math.floor(nowMs / WINDOW_MS) - 1);
          if (window < windows) detected.probabilities[window] = verdict.probability;
          const change = gate.update(verdict);
          if (change) detected.changes.push({ active: change.active, nowMs });
        },
        onWindow() {},
        onCost() {},
        onDead() {},
      });
      if (weights) judge.load(weights);
      const pcm48k = resample(pcm16k, SPEECH_RATE_HZ, DEVICE_RATE_HZ);
      for (let at = 0; at + DEVICE_PIECE <= pcm48k.length; at += DEVICE_PIECE) {
        nowMs = ((at + DEVICE_PIECE) / DEVICE_RATE_HZ) * 1000;
        judge.push(pcm48k.subarray(at, at + DEVICE_PIECE));
      }
      return detected;
    },
  };
}

/** The network's constants as the page gets them. */
export function deviceWeights(): Weights {
  const model = fileURLToPath(new URL('silero_vad_v5.onnx', import.meta.resolve('@ricky0123/vad-web')));
  return unpackWeights(packWeights(readOnnxWeights(readFileSync(model))).buffer);
}
