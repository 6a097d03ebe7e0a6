import { openEvanOpus } from '../../server/audio/engines/evanOpus.ts';
import { FRAME_MS, FRAME_SAMPLES_16K } from '../../shared/audio.ts';
import { tenth } from '../call/percentiles.ts';
import type { Measurement } from './measurement.ts';
import { SCENARIOS, speakAll } from './scenarios.ts';

const ROUNDS = 5;

/** What the server's codec costs a frame, on speech. */
export const opus: Measurement = {
  name: 'opus',
  title: 'Opus, 20 ms of speech at 16 kHz',
  async run() {
    const codec = await openEvanOpus();
    const [turns = []] = await speakAll(SCENARIOS.slice(0, 1));
    const frames = turns.flatMap((turn) => (turn.kind === 'voice' ? framesOf(turn.pcm16k) : []));
    const encoder = codec.encoder();
    const decoder = codec.decoder();
    let packets: Uint8Array[] = [];
    const encodeUs = cost(frames.length, () => {
      packets = frames.map((frame) => encoder.encode(frame).slice());
    });
    const decodeUs = cost(packets.length, () => {
      for (const packet of packets) decoder.decode(packet);
    });
    encoder.close();
    decoder.close();
    const calls = Math.floor((FRAME_MS * 1000) / (encodeUs + decodeUs));
    return {
      rows: [
        { name: 'encode', value: `${tenth(encodeUs)} µs a frame` },
        { name: 'decode', value: `${tenth(decodeUs)} µs a frame` },
        { name: 'talking calls a core, codec alone', value: String(calls) },
      ],
      data: { engine: codec.name, encodeUs, decodeUs, frames: frames.length },
    };
  },
};

function framesOf(pcm16k: Float32Array): Float32Array[] {
  const count = Math.floor(pcm16k.length / FRAME_SAMPLES_16K);
  return Array.from({ length: count }, (_, index) =>
    pcm16k.subarray(index * FRAME_SAMPLES_16K, (index + 1) * FRAME_SAMPLES_16K),
  );
}

/** Microseconds a step, the first round left out to warm up. */
function cost(steps: number, run: () => void): number {
  run();
  const startMs = performance.now();
  for (let round = 0; round < ROUNDS; round++) run();
  return ((performance.now() - startMs) * 1000) / (ROUNDS * steps);
}
