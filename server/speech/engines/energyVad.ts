import { SegueError } from '../../../shared/errors.ts';
import { EnergyJudge } from '../../../shared/vad/energyJudge.ts';
import { VAD_WINDOW_SAMPLES, type VadEngine, type VadStream } from '../vad.ts';

/** Voice activity from loudness; what remains when no model can be loaded. */
export function energyVad(): VadEngine {
  return { name: 'energy', open: async () => openStream(), close: async () => {} };
}

function openStream(): VadStream {
  const judge = new EnergyJudge();
  return {
    async process(pcm16k) {
      if (pcm16k.length !== VAD_WINDOW_SAMPLES) {
        throw new SegueError('BAD_REQUEST', `A window has ${VAD_WINDOW_SAMPLES} samples.`);
      }
      return judge.judge(pcm16k);
    },
    reset: () => judge.reset(),
    close() {},
  };
}
