import { CallError } from './callError.ts';
import type { CallHoldings } from './callHoldings.ts';
import type { Message } from './callModel.ts';
import { whileKept } from './resumption.ts';

/** Sent until the server has it: by its id it is answered once. */
export async function writeSurely(holdings: CallHoldings, message: Message): Promise<void> {
  // On the way to the next page the call has its line, but not yet this page.
  await holdings.begun;
  holdings.guard();
  for (;;) {
    try {
      await holdings.line.request('text.send', message);
      return;
    } catch (error) {
      if (CallError.from(error).code !== 'NETWORK_UNREACHABLE') throw error;
      holdings.guard();
    }
  }
}

/** Tells the server, until it knows, that the call goes on without sound. */
export async function giveUpSound(holdings: CallHoldings): Promise<void> {
  await whileKept(holdings, () => holdings.line.request('media.giveUp', {}));
}
