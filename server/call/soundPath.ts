import type { Clock } from '../../shared/clock.ts';
import { Pacer } from '../audio/pacer.ts';
import { AudioReceiver } from '../audio/receiver.ts';
import { opusVoiceOutput } from '../audio/voiceOutput.ts';
import { SpeechQueue } from '../speech/speechQueue.ts';
import { TurnDetector } from '../turns/turnDetector.ts';
import type { VoiceParts } from './callParts.ts';
import type { Senses } from './exchangeParts.ts';
import { Hearing } from './hearing.ts';
import { speakOptions } from './opening.ts';
import { Speaking } from './speaking.ts';

/** By something that comes all the time a device tells a silent assistant from a dead line. */
const PULSE_MS = 200;

/**
 * The first flow of the design, the caller's microphone to the caller's speaker, in the order of the sound: microphone →
 * SFU → tap → decoder → turns → speech-to-text → dialog → speech queue → text-to-speech → pacer → encoder → SFU → speaker.
 */
export function openSoundPath(
  voice: VoiceParts,
  { language, clock }: { language: string; clock: Clock },
): { senses: Senses; close(): void } {
  const { line, codec, vad, vadFallback, stt, tts } = voice;

  // Microphone → SFU → RTP tap → Opus decoder: an even stream of frames.
  const decoder = codec.decoder();
  const receiver = new AudioReceiver({ decoder, clock });
  line.on('packet', (packet) => receiver.push(packet));
  receiver.on('flood', () => line.refuse());

  // → turn detector
  const turns = new TurnDetector({ vad, fallback: vadFallback, language });
  receiver.on('frame', ({ pcm16k }) => turns.push(pcm16k));

  // → speech-to-text
  const hearing = new Hearing({ turns, stt, nowMs: () => clock.nowMs() });

  // → dialog: the exchange hears from `hearing`, asks the conversation and speaks through `speaking`.

  // → speech queue → text-to-speech → pacer → Opus encoder → SFU → speaker
  const encoder = codec.encoder();
  const pacer = new Pacer({ clock, output: opusVoiceOutput(encoder, line), pulseMs: PULSE_MS });
  const queue = new SpeechQueue({ tts, player: pacer, clock });
  const speaking = new Speaking({
    queue,
    player: pacer,
    options: () => speakOptions(language, voice),
    nowMs: () => clock.nowMs(),
  });

  return {
    senses: { turns, hearing, speaking },
    close() {
      for (const part of [receiver, hearing, speaking, pacer, decoder, encoder]) part.close();
    },
  };
}
