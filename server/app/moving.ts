import { z } from 'zod';
import type { Bus } from '../bus/bus.ts';
import type { Presence } from '../bus/presence.ts';
import type { Asked, Claimant } from '../call/callKeeper.ts';
import type { Calls } from '../call/calls.ts';
import type { DeviceLine } from '../call/deviceLine.ts';
import { nodeOf } from './place.ts';

const GIVE_UP = 'call.giveUp';
const TAKEN = 'call.taken';
/** To write down what the call is, and the database's own time for that. */
const ASK_LIMIT_MS = 2_500;

const line = z.object({ id: z.string().max(200), attempt: z.int() }).nullable();
const wanted = z.object({ callId: z.string().max(64), line, insists: z.boolean() });
const asked = z.enum(['given', 'kept', 'silent']);
const taken = z.object({ callId: z.string().max(64), line });

/** Asks a server for a call; who dies meanwhile is not waited for. */
export function askingFor({ bus, presence }: { bus: Bus; presence: Presence }) {
  return async (owner: string, callId: string, claimant: Claimant): Promise<Asked> => {
    const node = nodeOf(owner);
    const gone = Promise.withResolvers<Asked>();
    const off = presence.on('gone', (one) => one === node && gone.resolve('silent'));
    const answer = bus
      .request(node, GIVE_UP, { callId, ...claimant }, ASK_LIMIT_MS)
      .then((given) => asked.parse(given))
      .catch((): Asked => 'silent');
    try {
      return await Promise.race([answer, gone.promise]);
    } finally {
      off();
    }
  };
}

/** Gives calls to the servers that ask for them, and lets go of those that were taken. */
export function giveCalls(bus: Bus, calls: Pick<Calls, 'giveUp' | 'drop'>): void {
  bus.answer(GIVE_UP, wanted, ({ callId, ...claimant }) => calls.giveUp(callId, claimant));
  bus.subscribe(TAKEN, taken, (news) => calls.drop(news.callId, news.line));
}

/** Tells a server that was taken for dead, and was not, that its call is ours now, and who has asked for it. */
export function tellTaken(bus: Bus, callId: string, line: DeviceLine | null): void {
  bus.publish(TAKEN, { callId, line });
}
