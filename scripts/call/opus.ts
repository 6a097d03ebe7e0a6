import { Decoder, Encoder } from '@evan/opus';
import { FRAME_SAMPLES_16K, SPEECH_RATE_HZ } from '../../shared/audio.ts';

/** OPUS_SET_DTX_REQUEST of opus_defines.h. */
const SET_DTX = 4016;

/** With DTX the codec answers silence by packets of at most two bytes, which are not to be sent (RFC 6716, 2.1.9). */
const LARGEST_UNSENT_BYTES = 2;

/** Float samples of one 20 ms frame → an Opus packet, or null when DTX leaves this one out. */
export class SpeechEncoder {
  readonly #opus: Encoder;
  readonly #pcm = new Int16Array(FRAME_SAMPLES_16K);

  constructor({ dtx }: { dtx: boolean }) {
    this.#opus = new Encoder({ channels: 1, sample_rate: SPEECH_RATE_HZ, application: 'voip' });
    this.#opus.bitrate = 28_000;
    this.#opus.inband_fec = true;
    this.#opus.packet_loss = 5;
    this.#opus.signal = 'voice';
    this.#opus.ctl(SET_DTX, dtx ? 1 : 0);
  }

  encode(pcm16k: Float32Array): Uint8Array | null {
    for (let index = 0; index < FRAME_SAMPLES_16K; index++) {
      const sample = Math.max(-1, Math.min(1, pcm16k[index] ?? 0));
      this.#pcm[index] = Math.round(sample * 0x7fff);
    }
    const packet = this.#opus.encode(this.#pcm);
    return packet.length <= LARGEST_UNSENT_BYTES ? null : packet;
  }
}

/** Opus packets → float samples at 16 kHz. */
export class SpeechDecoder {
  readonly #opus = new Decoder({ channels: 1, sample_rate: SPEECH_RATE_HZ });

  /** Throws when the packet is not Opus. */
  decode(packet: Uint8Array): Float32Array {
    const bytes = this.#opus.decode(packet);
    const pcm = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
    return Float32Array.from(pcm, (sample) => sample / 0x8000);
  }
}
