/**
 * How well a caller is known, least first. `anyone` is told public facts only; `recognised` may hear that something is
 * known of them; `verified` reads and changes what is theirs; `strong` is for what cannot be undone.
 */
export const LEVELS = ['anyone', 'recognised', 'verified', 'strong'] as const;
export type Level = (typeof LEVELS)[number];

/**
 * Points that a level takes. Ours, calibrated on what must be true: a site's own sign-in or a code to a known address
 * verifies alone; nothing weaker does, however much of it there is; what somebody knows recognises at its second try;
 * `strong` takes two independent proofs, which is what NIST SP 800-63B asks of its second level of assurance.
 */
const THRESHOLDS: Readonly<Record<Level, number>> = { anyone: 0, recognised: 15, verified: 50, strong: 90 };

export function levelOf(points: number): Level {
  return LEVELS.findLast((level) => points >= THRESHOLDS[level]) ?? 'anyone';
}

export function pointsFor(level: Level): number {
  return THRESHOLDS[level];
}

export function reaches(level: Level, needed: Level): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(needed);
}
