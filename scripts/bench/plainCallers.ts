import { createSocket, type Socket } from 'node:dgram';
import { openEvanOpus } from '../../server/audio/engines/evanOpus.ts';
import { OPUS_PAYLOAD_TYPE } from '../../server/media/opusParameters.ts';
import { serializeRtp } from '../../server/media/rtp.ts';
import { FRAME_MS, FRAME_SAMPLES_16K, FRAME_TICKS_48K } from '../../shared/audio.ts';
import type { HostPlain } from './capacityHost.ts';

/** Callers do not send at the same moment: a quarter of them every 5 ms. */
const SLOTS = 4;
const LONGEST_CATCH_UP = 10;

/** Many callers by plain RTP over one socket: each says the same recording without pause, and counts what it is told. */
export class PlainCallers {
  packets = 0;
  readonly #socket: Socket;
  readonly #callers: readonly HostPlain[];
  readonly #voice: readonly Uint8Array[];
  readonly #startMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  #slot = 0;

  private constructor(socket: Socket, callers: readonly HostPlain[], voice: readonly Uint8Array[]) {
    this.#socket = socket;
    this.#callers = callers;
    this.#voice = voice;
    socket.on('message', () => {
      this.packets += 1;
    });
    this.#timer = setInterval(() => this.#sendDue(), FRAME_MS / SLOTS);
  }

  static async open(callers: readonly HostPlain[], pcm16k: Float32Array): Promise<PlainCallers> {
    const encoder = (await openEvanOpus()).encoder();
    const count = Math.floor(pcm16k.length / FRAME_SAMPLES_16K);
    const voice = Array.from({ length: count }, (_, index) =>
      encoder.encode(pcm16k.subarray(index * FRAME_SAMPLES_16K, (index + 1) * FRAME_SAMPLES_16K)).slice(),
    );
    encoder.close();
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4_000_000 });
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return new PlainCallers(socket, callers, voice);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }

  #sendDue(): void {
    const due = Math.floor(((performance.now() - this.#startMs) * SLOTS) / FRAME_MS);
    this.#slot = Math.max(this.#slot, due - SLOTS * LONGEST_CATCH_UP);
    for (; this.#slot < due; this.#slot += 1) this.#send(Math.floor(this.#slot / SLOTS), this.#slot % SLOTS);
  }

  #send(frame: number, slot: number): void {
    const payload = this.#voice[frame % this.#voice.length] ?? new Uint8Array();
    for (let index = slot; index < this.#callers.length; index += SLOTS) {
      const { port, ssrc } = this.#callers[index] as HostPlain;
      const packet = serializeRtp({
        marker: frame === 0,
        payloadType: OPUS_PAYLOAD_TYPE,
        sequence: frame & 0xffff,
        timestamp: (frame * FRAME_TICKS_48K) >>> 0,
        ssrc,
        payload,
      });
      this.#socket.send(packet, port, '127.0.0.1');
    }
  }
}
