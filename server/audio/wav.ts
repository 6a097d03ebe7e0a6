import { SPEECH_RATE_HZ } from '../../shared/audio.ts';

const HEADER_BYTES = 44;
const SAMPLE_BYTES = 2;
const FORMAT_PCM = 1;

/** A RIFF WAVE file of 16-bit mono PCM at the speech engines' rate. */
export function wavFile(pcm16k: Float32Array): Buffer {
  const dataBytes = pcm16k.length * SAMPLE_BYTES;
  const file = Buffer.alloc(HEADER_BYTES + dataBytes);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(FORMAT_PCM, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(SPEECH_RATE_HZ, 24);
  file.writeUInt32LE(SPEECH_RATE_HZ * SAMPLE_BYTES, 28);
  file.writeUInt16LE(SAMPLE_BYTES, 32);
  file.writeUInt16LE(8 * SAMPLE_BYTES, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(dataBytes, 40);
  for (const [index, sample] of pcm16k.entries()) {
    const level = Math.max(-1, Math.min(1, sample));
    file.writeInt16LE(Math.round(level * 0x7fff), HEADER_BYTES + index * SAMPLE_BYTES);
  }
  return file;
}
