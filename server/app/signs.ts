import type { Clock } from '../../shared/clock.ts';
import { tendenciesOf } from '../context/memory/tendencies.ts';
import type { Session } from '../context/session.ts';
import type { Threads } from '../context/thread/threads.ts';
import type { EvidenceKind } from '../verification/evidence.ts';
import type { Signs } from '../verification/verifiers.ts';

/** Hours of the day on either side of the usual one that are usual, too. */
const USUAL_WITHIN_HOURS = 2;
const DAY_HOURS = 24;

/** What a session's browser and habits say of whether it is the customer's own. */
export function signsOf(threads: Threads, clock: Clock): (session: Session) => Signs {
  return (session) => {
    const { person, memory } = threads.of(session);
    const hints: EvidenceKind[] = [];
    if (session.facts()['page.url'] !== undefined) hints.push('callOrigin');
    if (person?.device === 'own') hints.push('knownDevice');
    const usualHour = memory && tendenciesOf(memory).usualHour;
    if (usualHour !== null && isNear(usualHour, new Date(clock.epochMs()).getUTCHours()))
      hints.push('behaviour');
    return { hints, strangeDevice: person?.device === 'new' };
  };
}

function isNear(one: number, other: number): boolean {
  const apart = Math.abs(one - other);
  return Math.min(apart, DAY_HOURS - apart) <= USUAL_WITHIN_HOURS;
}
