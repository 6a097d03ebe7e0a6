/** A sine of amplitude 0.5; `rateHz` samples a second. */
export function tone(durationMs: number, { rateHz = 16_000, frequencyHz = 440 } = {}): Float32Array {
  return Float32Array.from(
    { length: Math.round((durationMs * rateHz) / 1000) },
    (_, index) => 0.5 * Math.sin((2 * Math.PI * frequencyHz * index) / rateHz),
  );
}

export function silence(durationMs: number): Float32Array {
  return new Float32Array(durationMs * 16);
}

export function join(...parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
