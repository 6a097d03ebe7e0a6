import { OPUS_CLOCK_HZ } from '../../shared/audio.ts';
import type { OpusEncoder } from './codec.ts';

/** Where the pacer's frames go, one each 20 ms. */
export type VoiceOutput = {
  /** 320 samples; `gapMs` is the silence since the frame before, not sent. */
  frame(pcm16k: Float32Array, gapMs: number): void;
};

/** Where Opus packets go; the media server's source of the assistant's voice has this shape. */
export type PacketSink = {
  send(packet: Uint8Array, options: { gapTicks: number; marker: boolean }): void;
};

/** Encodes the pacer's frames for the wire: after silence the timestamp jumps and the marker is set. */
export function opusVoiceOutput(encoder: OpusEncoder, sink: PacketSink): VoiceOutput {
  let first = true;
  return {
    frame(pcm16k, gapMs) {
      const gapTicks = Math.round((gapMs * OPUS_CLOCK_HZ) / 1000);
      sink.send(encoder.encode(pcm16k), { gapTicks, marker: first || gapTicks > 0 });
      first = false;
    },
  };
}
