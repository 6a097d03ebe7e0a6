/** What makes a request doubtful. */
export type RiskSigns = {
  /** Wrong codes and answers in this session: others' failures must not lock a customer out. */
  failedAttempts: number;
  /** Different customers that this session tried to be. */
  customersTried: number;
  /** The customer has known devices, and this is none of them. */
  strangeDevice: boolean;
};

/** Points that each sign takes away. Ours: three wrong answers undo a sign-in, a second customer undoes a code with whatever is known. */
const COST = { failedAttempt: 5, otherCustomer: 40, strangeDevice: 5 } as const;
const MOST_ATTEMPTS = 4;

/** 0 for nothing doubtful; taken from the points of the evidence. */
export function riskOf(signs: RiskSigns): number {
  return (
    COST.failedAttempt * Math.min(MOST_ATTEMPTS, signs.failedAttempts) +
    COST.otherCustomer * Math.max(0, signs.customersTried - 1) +
    (signs.strangeDevice ? COST.strangeDevice : 0)
  );
}
