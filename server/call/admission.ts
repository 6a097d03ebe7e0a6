/** How busy this server is. */
export type Load = {
  /** Calls by voice that run or begin. */
  calls: number;
  /** Share of time that the main thread computes, 0…1. */
  eventLoopShare: number;
  /** How late the event loop's 99th per cent was in the last second. */
  eventLoopP99Ms: number;
  /** Share of a core that the busiest media worker uses, 0…1: it has one thread. */
  workerShare: number;
  /** Sound that the recogniser has not worked off, of the call that is furthest behind. */
  sttBehindMs: number;
};

export type Strain = keyof Omit<Load, 'calls'>;

/** Beyond `most` a server is overloaded; it is no more when all are below `calm`. */
const LIMITS: Readonly<Record<Strain, { most: number; calm: number }>> = {
  eventLoopShare: { most: 0.9, calm: 0.75 },
  eventLoopP99Ms: { most: 250, calm: 80 },
  workerShare: { most: 0.9, calm: 0.75 },
  sttBehindMs: { most: 4_000, calm: 1_000 },
};
/** Looks in a row that must agree: a burst is no overload, and a pause no relief. */
const LOOKS_TO_CLOSE = 4;
const LOOKS_TO_OPEN = 5;
/** A server that has hardly a call is not overloaded by calls, and refusing them would help nobody. */
const FEW_CALLS = 2;

/** `strains`: what is too much; empty while calls are taken. `looks`: how many in a row speak for the other state. */
export type Admission = { readonly strains: readonly Strain[]; readonly looks: number };

export const OPEN: Admission = { strains: [], looks: 0 };

/** What another look at the load makes of it; one a second is meant. */
export function look(before: Admission, load: Load): Admission {
  const all = Object.keys(LIMITS) as Strain[];
  if (before.strains.length === 0) {
    const strains = load.calls < FEW_CALLS ? [] : all.filter((strain) => load[strain] > LIMITS[strain].most);
    const looks = strains.length > 0 ? before.looks + 1 : 0;
    return looks >= LOOKS_TO_CLOSE ? { strains, looks: 0 } : { strains: [], looks };
  }
  const calm = load.calls < FEW_CALLS || all.every((strain) => load[strain] <= LIMITS[strain].calm);
  const looks = calm ? before.looks + 1 : 0;
  return looks >= LOOKS_TO_OPEN ? OPEN : { strains: before.strains, looks };
}
