import { describe, expect, it } from 'vitest';
import { CallError } from '../../../client/call/callError.ts';
import type { Signalling } from '../../../client/call/signalling.ts';
import { startInTurn } from '../../../client/call/turnInLine.ts';

describe('a call that waits for its turn', () => {
  it('listens whether its caller would rather write for as long as it waits', async () => {
    let isFree = false;
    let called = (): void => {};
    let listeners = 0;
    const signalling = {
      on: (_name: string, listener: (place: { position: number }) => void) => {
        called = () => listener({ position: 0 });
      },
      onBack: () => {},
      async request() {
        if (isFree) return { callId: 'call_1' };
        throw new CallError({ code: 'CAPACITY_REACHED', message: '', retryable: true });
      },
    } as unknown as Signalling;
    const started = startInTurn(signalling, {
      byVoice: () => true,
      onWriting: () => {
        listeners += 1;
        return () => {
          listeners -= 1;
        };
      },
      onPlace: () => {},
      signal: new AbortController().signal,
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(listeners).toBe(1);
    isFree = true;
    called();
    expect(await started).toEqual({ callId: 'call_1' });
    expect(listeners).toBe(0);
  });
});
