import { z } from 'zod';
import { SegueError } from '../../shared/errors.ts';
import { isId } from '../../shared/ids.ts';
import type { Bus } from '../bus/bus.ts';
import type { Presence } from '../bus/presence.ts';
import type { CallSummary } from '../call/callSummary.ts';
import type { Calls } from '../call/calls.ts';
import { callSummary } from '../edge/callRoutes.ts';
import type { TimelineStore } from '../storage/timelineStore.ts';

const READ = 'call.read';
const ERASED = 'call.erased';
const ANSWER_LIMIT_MS = 1_000;

const wanted = z.object({ callId: z.string().max(64) });
const erased = z.object({ callIds: z.array(z.string().max(64)) });

/** What is told of calls, on whichever server they run or ran. */
export type CallReader = {
  /**
   * A running call, its timeline written as far as it is, or one that has ended. Rejects with CALL_UNKNOWN, with
   * NODE_UNREACHABLE when a server where it might run does not answer, and with what the store of timelines says.
   */
  read(id: string): Promise<CallSummary>;
  /** Nothing more is told of these, anywhere. */
  forget(callIds: readonly string[]): void;
};

export function openCallReader(parts: {
  bus: Bus;
  presence: Pick<Presence, 'others'>;
  calls: Pick<Calls, 'summary' | 'flush' | 'forget'>;
  timelines: Pick<TimelineStore, 'read'>;
}): CallReader {
  const { bus, presence, calls, timelines } = parts;
  const ended = async (id: string): Promise<CallSummary | null> => {
    const entries = (await timelines.read(id)) ?? [];
    const end = entries.findLast(({ type }) => type === 'call.end');
    return (callSummary.safeParse(end?.summary).data as CallSummary | undefined) ?? null;
  };
  const running = async (id: string): Promise<CallSummary | null> => {
    await calls.flush(id);
    return calls.summary(id);
  };
  bus.answer(READ, wanted, async ({ callId }) => {
    // Of one that has just ended here all is written when this is answered.
    const summary = (await running(callId)) ?? (await ended(callId));
    return summary && { ...summary, transcript: summary.transcript.map((line) => ({ ...line })) };
  });
  bus.subscribe(ERASED, erased, ({ callIds }) => calls.forget(callIds));
  const elsewhere = (id: string): Promise<PromiseSettledResult<CallSummary | null>[]> =>
    Promise.allSettled(
      presence.others().map(async ({ node }) => {
        const answer = await bus.request(node, READ, { callId: id }, ANSWER_LIMIT_MS);
        return callSummary.nullable().parse(answer) as CallSummary | null;
      }),
    );
  const find = async (id: string): Promise<CallSummary | null> => {
    const here = await running(id);
    if (here) return here;
    const answers = await elsewhere(id);
    // Of a call that was taken from a server that had ended it, the one that goes on is the call.
    const there = answers.flatMap((answer) => (answer.status === 'fulfilled' && answer.value) || []);
    const found = there.find(({ reason }) => reason === null) ?? (await ended(id));
    if (!found && answers.some(({ status }) => status === 'rejected'))
      throw new SegueError('NODE_UNREACHABLE');
    return found;
  };
  return {
    async read(id) {
      const summary = isId('call', id) ? await find(id) : null;
      if (!summary) throw new SegueError('CALL_UNKNOWN');
      return summary;
    },
    forget(callIds) {
      calls.forget(callIds);
      bus.publish(ERASED, { callIds: [...callIds] });
    },
  };
}
