import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CallError } from '../../../client/call/callError.ts';
import { CallHoldings } from '../../../client/call/callHoldings.ts';
import { Connection } from '../../../client/call/connection.ts';
import { MicrophoneConsent } from '../../../client/call/microphoneConsent.ts';
import { PageReports } from '../../../client/call/pageReports.ts';
import type { Signalling } from '../../../client/call/signalling.ts';
import { PageMemory } from '../../../client/session/pageMemory.ts';
import type { SessionRequest } from '../../../shared/events.ts';

describe('what a page tells its call', () => {
  let memory: PageMemory;
  let reports: PageReports;
  let holdings: CallHoldings | null;
  let told: string[];
  let ids: (string | undefined)[];
  /** The line is dead: what is sent is lost. */
  let dead: boolean;
  let url: string;

  /** The call of a session, once it has begun here. */
  function call(sessionId = 'ses_1'): CallHoldings {
    const connection = new Connection({ onLost() {}, onBack() {}, onGivenUp() {} });
    const opened = new CallHoldings(new MicrophoneConsent(() => {}), connection);
    opened.ticket = { sessionId, token: 't' };
    const request = async (
      name: string,
      sent: { name?: string; id?: string; patch?: object; context?: object },
    ) => {
      if (name === 'page.event') ids.push(sent.id);
      if (dead) throw CallError.of('NETWORK_UNREACHABLE');
      told.push(`${name} ${sent.name ?? JSON.stringify(sent.patch ?? sent.context ?? sent)}`);
    };
    opened.signalling = { request, close() {} } as unknown as Signalling;
    return opened;
  }

  const track = (name: string) => {
    memory.track(name, null, 0);
    return reports.track();
  };
  const update = (patch: Record<string, number>) => {
    memory.merge(patch);
    return reports.updateContext(patch);
  };

  beforeEach(() => {
    vi.stubGlobal('document', { readyState: 'complete' });
    memory = new PageMemory();
    memory.context = { cart: 1 };
    told = [];
    ids = [];
    dead = false;
    url = '/returns';
    holdings = call();
    reports = new PageReports({
      holdings: () => holdings,
      sessionRequest: () => ({ page: { url }, context: memory.context }) as unknown as SessionRequest,
      pageEvents: () => memory.events,
    });
    return () => vi.unstubAllGlobals();
  });

  it('comes after the page itself, and once, when it happens while the call is being given back', async () => {
    const back = Promise.withResolvers<void>();
    const replaced = reports.replace(back.promise);
    const tracked = [track('payment_failed'), update({ cart: 2 })];
    holdings?.begin();
    await new Promise(setImmediate);
    expect(told).toEqual([]);
    back.resolve();
    await Promise.all([replaced, ...tracked]);
    expect(told).toEqual([
      'context.replace {"cart":2}',
      'page.event payment_failed',
      'context.update {"cart":2}',
    ]);
  });

  it('is told once in a call that comes back to the page', async () => {
    holdings?.begin();
    memory.track('carried', null, 0);
    reports.carried(memory.events, 'ses_1');
    await track('payment_failed');
    holdings?.release();
    holdings = call();
    holdings.begin();
    memory.track('meanwhile', null, 0);
    await reports.replace();
    expect(told).toEqual(['page.event payment_failed', 'context.replace {"cart":1}', 'page.event meanwhile']);
  });

  it('is told anew in a call of another session', async () => {
    holdings?.begin();
    await track('payment_failed');
    holdings = call('ses_2');
    holdings.begin();
    await reports.replace();
    expect(told.filter((message) => message.includes('payment_failed'))).toHaveLength(2);
  });

  it('is told again when the line is back that lost it, and only then', async () => {
    holdings?.begin();
    await track('coupon_rejected');
    await reports.catchUp();
    dead = true;
    for (const lost of [track('payment_failed'), update({ cart: 3 })]) {
      await expect(lost).rejects.toMatchObject({ code: 'NETWORK_UNREACHABLE' });
    }
    url = '/cart';
    dead = false;
    await reports.catchUp();
    await reports.catchUp();
    expect(told).toEqual([
      'page.event coupon_rejected',
      'context.replace {"cart":3}',
      'page.event payment_failed',
    ]);
    // The server may have got it: it knows it by its id.
    const [coupon, lost, again] = ids;
    expect(again).toBe(lost);
    expect(coupon).not.toBe(lost);
  });

  it('goes on after an event that the server does not take', async () => {
    holdings?.begin();
    const { signalling } = holdings as CallHoldings;
    const { request } = signalling as Signalling;
    (signalling as { request: unknown }).request = async (name: 'page.event', sent: never) => {
      if ((sent as { name?: string }).name === 'too_large') throw CallError.of('CONTEXT_INVALID');
      return await request(name, sent);
    };
    for (const name of ['too_large', 'payment_failed']) memory.track(name, null, 0);
    await expect(reports.replace()).rejects.toMatchObject({ code: 'CONTEXT_INVALID' });
    expect(told.at(-1)).toBe('page.event payment_failed');
  });

  it('is nothing where there is no call', async () => {
    holdings = null;
    await Promise.all([reports.replace(Promise.reject(new Error('over'))), track('payment_failed')]);
    expect(told).toEqual([]);
  });
});
