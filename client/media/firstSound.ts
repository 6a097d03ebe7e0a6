const LOOK_MS = 100;
/** So often the microphone may be heard and nothing of it come out. */
const MOST_LOST = 20;

/** Whether there is anything at all in what the node has heard last. */
export function hasSound(analyser: AnalyserNode): boolean {
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  return samples.some((sample) => sample !== 0);
}

/** Resolves when something is made of what is heard; rejects when that does not happen. Waits in silence. */
export function untilSound(look: () => { heard: boolean; made: boolean }): Promise<void> {
  let lost = 0;
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      const { heard, made } = look();
      lost += heard && !made ? 1 : 0;
      if (!made && lost < MOST_LOST) return;
      clearInterval(timer);
      if (made) resolve();
      else reject(new Error('RNNoise gives no sound.'));
    }, LOOK_MS);
  });
}
