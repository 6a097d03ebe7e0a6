import { z } from 'zod';
import { SegueError } from '../../shared/errors.ts';
import { isId } from '../../shared/ids.ts';
import type { Bus } from '../bus/bus.ts';
import type { Presence } from '../bus/presence.ts';
import type { CallSummary, Calls } from '../call/calls.ts';
import { callSummary } from '../edge/callRoutes.ts';

const READ = 'call.read';
const ERASED = 'call.erased';
const ANSWER_LIMIT_MS = 1_000;

const wanted = z.object({ callId: z.string().max(64) });
const erased = z.object({ callIds: z.array(z.string().max(64)) });

/** What is told of calls, on whichever server they run or ran. */
export type CallReader = {
  /**
   * A running or lately ended call, its timeline written as far as it is. Rejects with CALL_UNKNOWN, and with
   * NODE_UNREACHABLE when a server that might know it does not answer.
   */
  read(id: string): Promise<CallSummary>;
  /** Nothing more is told of these, anywhere. */
  forget(callIds: readonly string[]): void;
};

export function openCallReader(parts: {
  bus: Bus;
  presence: Pick<Presence, 'others'>;
  calls: Pick<Calls, 'summary' | 'flush' | 'forget'>;
}): CallReader {
  const { bus, presence, calls } = parts;
  const here = async (id: string): Promise<CallSummary | null> => {
    await calls.flush(id);
    return calls.summary(id);
  };
  bus.answer(READ, wanted, async ({ callId }) => {
    const summary = await here(callId);
    return summary && { ...summary, transcript: summary.transcript.map((line) => ({ ...line })) };
  });
  bus.subscribe(ERASED, erased, ({ callIds }) => calls.forget(callIds));
  const there = async (id: string): Promise<CallSummary | null> => {
    const answers = await Promise.allSettled(
      presence.others().map(async ({ node }) => {
        const answer = await bus.request(node, READ, { callId: id }, ANSWER_LIMIT_MS);
        return callSummary.nullable().parse(answer) as CallSummary | null;
      }),
    );
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' && answer.value) || []);
    const failed = answers.find(({ status }) => status === 'rejected');
    if (found.length === 0 && failed) throw new SegueError('NODE_UNREACHABLE');
    // Of a call that was taken from a server that had ended it, the one that goes on is the call.
    return found.find(({ reason }) => reason === null) ?? found[0] ?? null;
  };
  return {
    async read(id) {
      const summary = isId('call', id) ? ((await here(id)) ?? (await there(id))) : null;
      if (!summary) throw new SegueError('CALL_UNKNOWN');
      return summary;
    },
    forget(callIds) {
      calls.forget(callIds);
      bus.publish(ERASED, { callIds: [...callIds] });
    },
  };
}
