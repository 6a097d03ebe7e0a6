/** A straight line through points, with how certain its slope is. */
export type Slope = {
  /** Units of y for one of x. */
  value: number;
  /** Its 95 % confidence interval. */
  from: number;
  to: number;
};

/** Student's t for 95 %, two-sided, by degrees of freedom; beyond the table the normal distribution's. */
const T95 = [
  12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1,
  2.09, 2.09,
];
const T_LARGE = 1.96;

/** Least squares; null for fewer than three points. Neighbouring samples of a process are alike, so it is a little too sure. */
export function slopeOf(points: readonly { x: number; y: number }[]): Slope | null {
  const count = points.length;
  if (count < 3) return null;
  const mean = (pick: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / count;
  const meanX = mean(({ x }) => x);
  const meanY = mean(({ y }) => y);
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (spread === 0) return null;
  const value = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const residual = points.reduce((sum, { x, y }) => sum + (y - meanY - value * (x - meanX)) ** 2, 0);
  const error = Math.sqrt(residual / (count - 2) / spread);
  const margin = (T95[count - 3] ?? T_LARGE) * error;
  return { value, from: value - margin, to: value + margin };
}

/** Whether it may as well be flat: the interval holds 0, or what it grows by is under a share of the level. */
export function isFlat(
  slope: Slope,
  { level, over }: { level: number; over: number },
  share = 0.02,
): boolean {
  return slope.from <= 0 || slope.value * over <= level * share;
}
