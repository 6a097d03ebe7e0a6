import { randomId } from '../session/randomId.ts';
import { CallError } from './callError.ts';
import type { CallHoldings } from './callHoldings.ts';

/** Sent until the server has it: by its id it is answered once. */
export async function writeSurely(holdings: CallHoldings, text: string): Promise<void> {
  const id = randomId();
  await surely(holdings, () => holdings.line.request('text.send', { text, id }));
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
