import { SegueError } from '../../../shared/errors.ts';
import { VAD_WINDOW_SAMPLES, type VadEngine, type VadStream } from '../vad.ts';

/** Mean squares below that are a quiet room, −55 dBFS, however still it was before. */
const LEAST_FLOOR = 10 ** -5.5;
/** The first window is taken for the room when it is not louder than that, −38 dBFS; speech would be. */
const LOUDEST_ROOM = 10 ** -3.8;
/** The floor follows louder windows slowly (about 5 s) and quieter ones quickly. */
const RISE = 1.006;
const FALL = 0.3;
/** Decibels over the floor at which speech is as likely as not, and how quickly certainty grows. */
const MIDPOINT_DB = 9;
const SLOPE_PER_DB = 0.5;

/** Voice activity from loudness over a tracked noise floor; what remains when no model can be loaded. */
export function energyVad(): VadEngine {
  return { name: 'energy', open: async () => openStream(), close: async () => {} };
}

function openStream(): VadStream {
  let floor: number | null = null;
  return {
    async process(pcm16k) {
      if (pcm16k.length !== VAD_WINDOW_SAMPLES) {
        throw new SegueError('BAD_REQUEST', `A window has ${VAD_WINDOW_SAMPLES} samples.`);
      }
      const energy = Math.max(
        pcm16k.reduce((sum, sample) => sum + sample * sample, 0) / pcm16k.length,
        1e-12,
      );
      floor ??= Math.min(energy, LOUDEST_ROOM);
      floor = Math.max(
        LEAST_FLOOR,
        energy < floor ? floor + FALL * (energy - floor) : Math.min(energy, floor * RISE),
      );
      const overFloorDb = 10 * Math.log10(energy / floor);
      return 1 / (1 + Math.exp(-SLOPE_PER_DB * (overFloorDb - MIDPOINT_DB)));
    },
    reset() {
      floor = null;
    },
    close() {},
  };
}
