export type Wav = { rateHz: number; samples: Float32Array };

const HEADER_BYTES = 44;
const FORMAT_PCM = 1;
const FORMAT_FLOAT = 3;
const FORMAT_EXTENSIBLE = 0xfffe;

/** Reads a RIFF WAVE file, PCM of 8…32 bits or 32-bit float, channels mixed to mono. Throws when it is none of these. */
export function readWav(file: Uint8Array): Wav {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.byteLength < 12 || tag(view, 0) !== 'RIFF' || tag(view, 8) !== 'WAVE') {
    throw new Error('not a WAV file');
  }
  let format: Format | undefined;
  for (let at = 12; at + 8 <= view.byteLength; ) {
    const name = tag(view, at);
    const size = Math.min(view.getUint32(at + 4, true), view.byteLength - at - 8);
    const body = new DataView(view.buffer, view.byteOffset + at + 8, size);
    if (name === 'fmt ') format = readFormat(body);
    if (name === 'data') {
      if (!format) throw new Error('WAV data before its format');
      return { rateHz: format.rateHz, samples: readSamples(body, format) };
    }
    at += 8 + size + (size % 2);
  }
  throw new Error('WAV file without data');
}

/** 16-bit mono PCM. */
export function writeWav({ rateHz, samples }: Wav): Uint8Array {
  const file = new Uint8Array(HEADER_BYTES + samples.length * 2);
  const view = new DataView(file.buffer);
  const text = (at: number, value: string) => new TextEncoder().encodeInto(value, file.subarray(at));
  text(0, 'RIFF');
  view.setUint32(4, file.length - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, FORMAT_PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, index) => {
    const clipped = Math.max(-1, Math.min(1, sample));
    view.setInt16(HEADER_BYTES + index * 2, Math.round(clipped * 0x7fff), true);
  });
  return file;
}

type Format = { code: number; channels: number; rateHz: number; bytes: number };

function readFormat(body: DataView): Format {
  if (body.byteLength < 16) throw new Error('WAV format is cut off');
  const tagged = body.getUint16(0, true);
  const code = tagged === FORMAT_EXTENSIBLE && body.byteLength >= 26 ? body.getUint16(24, true) : tagged;
  const format = {
    code,
    channels: body.getUint16(2, true),
    rateHz: body.getUint32(4, true),
    bytes: body.getUint16(14, true) / 8,
  };
  const known = code === FORMAT_PCM ? [1, 2, 3, 4] : code === FORMAT_FLOAT ? [4] : [];
  if (!known.includes(format.bytes) || format.channels < 1 || format.rateHz < 1) {
    throw new Error('WAV format is neither PCM nor 32-bit float');
  }
  return format;
}

function readSamples(body: DataView, format: Format): Float32Array {
  const { channels, bytes } = format;
  const samples = new Float32Array(Math.floor(body.byteLength / (bytes * channels)));
  for (let index = 0; index < samples.length; index++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum += readSample(body, (index * channels + channel) * bytes, format);
    }
    samples[index] = sum / channels;
  }
  return samples;
}

function readSample(body: DataView, at: number, { code, bytes }: Format): number {
  if (code === FORMAT_FLOAT) return body.getFloat32(at, true);
  if (bytes === 1) return (body.getUint8(at) - 128) / 128;
  if (bytes === 2) return body.getInt16(at, true) / 0x8000;
  if (bytes === 3) return (body.getInt16(at + 1, true) * 256 + body.getUint8(at)) / 0x800000;
  return body.getInt32(at, true) / 0x80000000;
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)));
}
