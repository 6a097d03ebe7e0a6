export type Spread = { count: number; min: number; p50: number; p95: number; max: number; mean: number };

/**
 * The value below which `share` (0…1) of the numbers lie, linearly interpolated between ranks (Hyndman & Fan's
 * type 7, the usual default). NaN for an empty list.
 */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const rank = (sorted.length - 1) * Math.min(1, Math.max(0, share));
  const below = sorted[Math.floor(rank)];
  const above = sorted[Math.ceil(rank)];
  if (below === undefined || above === undefined) return Number.NaN;
  return below + (above - below) * (rank - Math.floor(rank));
}

/** The usual figures of a sample, rounded to a tenth; null when there is none. */
export function spread(numbers: readonly number[]): Spread | null {
  if (numbers.length === 0) return null;
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  return {
    count: numbers.length,
    min: tenth(Math.min(...numbers)),
    p50: tenth(percentile(numbers, 0.5)),
    p95: tenth(percentile(numbers, 0.95)),
    max: tenth(Math.max(...numbers)),
    mean: tenth(mean),
  };
}

export function tenth(number: number): number {
  return Math.round(number * 10) / 10;
}
