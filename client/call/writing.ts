import { randomId } from '../session/randomId.ts';
import { CallError } from './callError.ts';
import type { CallHoldings } from './callHoldings.ts';

/** Sent until the server has it: by its id it is answered once. */
export async function writeSurely(holdings: CallHoldings, text: string): Promise<void> {
  const id = randomId();
  for (;;) {
    try {
      await holdings.line.request('text.send', { text, id });
      return;
    } catch (error) {
      if (CallError.from(error).code !== 'NETWORK_UNREACHABLE') throw error;
      holdings.guard();
    }
  }
}
