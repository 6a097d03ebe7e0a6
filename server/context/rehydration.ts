import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { Connector } from '../records/connector.ts';
import type { Session } from './session.ts';

/** How long the greeting waits for the customer's systems; what comes later reaches the running call. */
export const REHYDRATION_DEADLINE_MS = 300;

export type Rehydrated = {
  durationMs: number;
  /** Names of all facts known when the greeting is built. */
  facts: string[];
  /** Whether the customer's systems answered in time; null when nobody is signed in. */
  overview: 'inTime' | 'late' | 'failed' | null;
};

/**
 * Brings together what the customer's systems know of the signed-in visitor, before the greeting. Never rejects: a
 * slow or failing system makes the greeting plainer, not later.
 */
export async function rehydrate(
  session: Session,
  source: { connector: Connector; overview: string } | null,
  clock: Clock,
  onFailure: (error: SegueError) => void,
): Promise<Rehydrated> {
  const startedMs = clock.nowMs();
  const outcome =
    source && session.subject.customerId ? await overview(session, source, clock, onFailure) : null;
  return {
    durationMs: clock.nowMs() - startedMs,
    facts: Object.keys(session.facts()).sort(),
    overview: outcome,
  };
}

function overview(
  session: Session,
  source: { connector: Connector; overview: string },
  clock: Clock,
  onFailure: (error: SegueError) => void,
): Promise<'inTime' | 'late' | 'failed'> {
  return new Promise((resolve) => {
    const deadline = clock.after(REHYDRATION_DEADLINE_MS, () => resolve('late'));
    const settle = (outcome: 'inTime' | 'failed'): void => {
      deadline.cancel();
      resolve(outcome);
    };
    source.connector.call({ operation: source.overview, args: {}, subject: session.subject }).then(
      (facts) => {
        session.learn('signed', facts);
        settle('inTime');
      },
      (error: unknown) => {
        onFailure(SegueError.from(error));
        settle('failed');
      },
    );
  });
}
