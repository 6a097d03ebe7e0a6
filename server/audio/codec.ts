/** Opus port. Packets of 20 ms, speech at 16 kHz inside. */

export type OpusDecoder = {
  /** Samples of the packet, usually 320; throws BAD_REQUEST when it is not Opus. */
  decode(packet: Uint8Array): Float32Array;
  /** 320 samples in place of a lost packet: in-band FEC of the packet after it when given and possible, else concealment. */
  conceal(next?: Uint8Array): Float32Array;
  close(): void;
};

export type OpusEncoder = {
  /** 320 samples → one packet. */
  encode(pcm16k: Float32Array): Uint8Array;
  close(): void;
};

export type OpusCodec = {
  readonly name: string;
  decoder(): OpusDecoder;
  encoder(): OpusEncoder;
};
