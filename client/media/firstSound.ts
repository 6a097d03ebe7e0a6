const LOOK_MS = 100;
/** So often the microphone may be heard and nothing of it come out. */
const MOST_LOST = 20;

/** Whether there is anything at all in what the node has heard last. */
export function hasSound(analyser: AnalyserNode): boolean {
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  return samples.some((sample) => sample !== 0);
}

/**
 * Resolves when something is made of what is heard; rejects when that does not happen, or nothing can be heard any more.
 * Waits in silence.
 */
export function untilSound(look: () => { heard: boolean; made: boolean; ended: boolean }): Promise<void> {
  let lost = 0;
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      const { heard, made, ended } = look();
      lost += heard && !made ? 1 : 0;
      if (!made && !ended && lost < MOST_LOST) return;
      clearInterval(timer);
      if (made) resolve();
      else reject(new Error(ended ? 'The microphone has ended.' : 'RNNoise gives no sound.'));
    }, LOOK_MS);
  });
}
