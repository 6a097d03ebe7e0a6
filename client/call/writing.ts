import { CallError } from './callError.ts';
import type { CallHoldings } from './callHoldings.ts';
import type { Message } from './callModel.ts';

/** Sent until the server has it: by its id it is answered once. */
export async function writeSurely(holdings: CallHoldings, message: Message): Promise<void> {
  // On the way to the next page the call has its line, but not yet this page.
  await holdings.begun;
  holdings.guard();
  await surely(holdings, () => holdings.line.request('text.send', message));
}

/** Tells the server, until it knows, that the call goes on without sound. */
export async function giveUpSound(holdings: CallHoldings): Promise<void> {
  await surely(holdings, () => holdings.line.request('media.giveUp', {}));
}

async function surely(holdings: CallHoldings, send: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await send();
      return;
    } catch (error) {
      if (CallError.from(error).code !== 'NETWORK_UNREACHABLE') throw error;
      holdings.guard();
    }
  }
}
