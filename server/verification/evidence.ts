/** What speaks for a caller being who they say. */
export const EVIDENCE_KINDS = [
  'signedToken',
  'oneTimeCode',
  'knowledge',
  'knownDevice',
  'callOrigin',
  'behaviour',
] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** What a caller can be asked for, the least tiresome first. */
export const ASKABLE = ['signedToken', 'oneTimeCode', 'knowledge'] as const;
export type Askable = (typeof ASKABLE)[number];

export type Evidence = {
  kind: EvidenceKind;
  /** Milliseconds since the Unix epoch. */
  atMs: number;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** `freshMs`: worth all its points for so long; then half of them is lost every `halfLifeMs`. `most`: so many of it count. */
type Worth = { points: number; freshMs: number; halfLifeMs: number; most: number; group: 'proof' | 'hint' };

/**
 * Worth of each kind. A sign-in lasts as long as a visit; a code proves who holds the phone now, and less so later; what
 * somebody knows can be known by others; a device, an origin and a habit are hints, and never proof. A code is worth what
 * its third try still needs to verify.
 */
const WORTH: Readonly<Record<EvidenceKind, Worth>> = {
  signedToken: { points: 60, freshMs: 12 * HOUR_MS, halfLifeMs: HOUR_MS, most: 1, group: 'proof' },
  oneTimeCode: { points: 60, freshMs: 15 * MINUTE_MS, halfLifeMs: 30 * MINUTE_MS, most: 1, group: 'proof' },
  knowledge: { points: 20, freshMs: 10 * MINUTE_MS, halfLifeMs: 15 * MINUTE_MS, most: 2, group: 'hint' },
  knownDevice: { points: 20, freshMs: 12 * HOUR_MS, halfLifeMs: HOUR_MS, most: 1, group: 'hint' },
  callOrigin: { points: 5, freshMs: 12 * HOUR_MS, halfLifeMs: HOUR_MS, most: 1, group: 'hint' },
  behaviour: { points: 5, freshMs: 12 * HOUR_MS, halfLifeMs: HOUR_MS, most: 1, group: 'hint' },
};

/** Hints together verify nobody and make no sign-in strong: a found phone and a known postcode are no proof. */
const MOST_HINTS = 25;

/** Points of one piece of evidence now; 0 before its time. */
export function pointsOf({ kind, atMs }: Evidence, epochMs: number): number {
  const { points, freshMs, halfLifeMs } = WORTH[kind];
  const agedMs = epochMs - atMs - freshMs;
  if (epochMs < atMs) return 0;
  return agedMs <= 0 ? points : points * 2 ** (-agedMs / halfLifeMs);
}

/** Points of all evidence now, the freshest of each kind first. */
export function totalPoints(evidence: readonly Evidence[], epochMs: number): number {
  const total = { proof: 0, hint: 0 };
  for (const kind of EVIDENCE_KINDS) {
    const { most, group } = WORTH[kind];
    const best = evidence
      .filter((one) => one.kind === kind)
      .map((one) => pointsOf(one, epochMs))
      .sort((a, b) => b - a)
      .slice(0, most);
    total[group] += best.reduce((sum, points) => sum + points, 0);
  }
  return total.proof + Math.min(MOST_HINTS, total.hint);
}

/** Points that a fresh piece of a kind would add at most. */
export function worthOf(kind: EvidenceKind): number {
  return WORTH[kind].points;
}
