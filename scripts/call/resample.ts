const ZERO_CROSSINGS = 16;
/** Leaves a narrow band for the filter to fall off in. */
const PASS_BAND = 0.94;

/**
 * Linear-phase resampling by a Hann-windowed sinc, cut off under the lower of the two Nyquist frequencies
 * (J. O. Smith, "Digital Audio Resampling", band-limited interpolation). For whole clips, not for streams.
 */
export function resample(samples: Float32Array, fromHz: number, toHz: number): Float32Array {
  if (fromHz === toHz) return samples;
  const ratio = toHz / fromHz;
  const cutoff = Math.min(1, ratio) * PASS_BAND;
  const reach = ZERO_CROSSINGS / cutoff;
  const result = new Float32Array(Math.floor(samples.length * ratio));
  for (let index = 0; index < result.length; index++) {
    const centre = index / ratio;
    const last = Math.min(samples.length - 1, Math.floor(centre + reach));
    let sum = 0;
    for (let at = Math.max(0, Math.ceil(centre - reach)); at <= last; at++) {
      sum += samples[at]! * kernel(at - centre, cutoff, reach);
    }
    result[index] = sum;
  }
  return result;
}

function kernel(distance: number, cutoff: number, reach: number): number {
  const window = 0.5 + 0.5 * Math.cos((Math.PI * distance) / reach);
  const angle = Math.PI * cutoff * distance;
  const sinc = Math.abs(angle) < 1e-9 ? 1 : Math.sin(angle) / angle;
  return cutoff * sinc * window;
}
