import { describe, expect, it, vi } from 'vitest';
import type { MessageContact } from '../../../server/channels/messageThread.ts';
import { MessageThreads } from '../../../server/channels/messageThreads.ts';
import { Session } from '../../../server/context/session.ts';
import type { Conversation, Reply } from '../../../server/dialog/policy.ts';
import { FakeClock } from '../../fakes/clock.ts';

const HOUR_MS = 3_600_000;

function replyOf(text: string, next: Reply['next'] = 'listen'): Reply {
  return { sentences: [{ text }], intent: null, expects: 'open', offer: null, next };
}

function open(durable: Promise<void> = Promise.resolve()) {
  const clock = new FakeClock();
  const log: string[] = [];
  /** What an answer waits for, and how many go wrong. */
  const world = { hold: Promise.resolve(), faults: 0 };
  let count = 0;
  const contactOf = (): MessageContact => {
    const id = `c${++count}`;
    const conversation = {
      greet: async () => replyOf('Hello.'),
      respond: async ({ text }: { text: string }) => {
        await world.hold;
        if (world.faults-- > 0) throw new Error('a fault');
        return replyOf(`You said ${text}.`, text === 'bye' ? 'hangUp' : 'listen');
      },
      close: () => log.push(`${id} closed`),
    } as Partial<Conversation> as Conversation;
    return {
      id,
      language: 'en',
      conversation,
      heard: (text) => log.push(`${id} heard ${text}`),
      said: (_, text) => log.push(`${id} said ${text}`),
      written: () => durable,
      ended: (reason) => log.push(`${id} ended ${reason}`),
    };
  };
  const threads = new MessageThreads({ clock, open: async () => contactOf() });
  const session = (id = 'ses_1', customerId?: string) => {
    const made = new Session({ id, siteKey: 'demo', language: 'en', clock });
    if (customerId) made.identify(customerId, {});
    return made;
  };
  return { clock, log, threads, session, world };
}

const CHAT = { site: 'demo', channel: 'chat', thread: 't1', sender: null } as const;

describe('MessageThreads', () => {
  it('answer messages of a thread in one conversation, in order', async () => {
    const { threads, session, log } = open();
    const one = session();
    const answers = await Promise.all(['a', 'b'].map((text) => threads.receive(CHAT, one, { text })));
    expect(answers.map(({ text, contactId }) => [contactId, text])).toEqual([
      ['c1', 'You said a.'],
      ['c1', 'You said b.'],
    ]);
    expect(log).toEqual(['c1 heard a', 'c1 said You said a.', 'c1 heard b', 'c1 said You said b.']);
  });

  it('answer only when what was said is durable', async () => {
    const disk = Promise.withResolvers<void>();
    const { threads, session, log } = open(disk.promise);
    const answer = threads.receive(CHAT, session(), { text: 'a' }).then(() => log.push('answered'));
    await vi.waitFor(() => expect(log).toContain('c1 said You said a.'));
    log.push('durable');
    disk.resolve();
    await answer;
    expect(log.slice(-2)).toEqual(['durable', 'answered']);
  });

  it('answer what is delivered twice once', async () => {
    const { threads, session, log } = open();
    const one = session();
    const twice = await Promise.all([1, 2].map(() => threads.receive(CHAT, one, { text: 'a', id: 'm1' })));
    expect(twice[0]).toEqual(twice[1]);
    expect(log.filter((line) => line.includes('heard'))).toHaveLength(1);
  });

  it('greet when nothing was written yet', async () => {
    const { threads, session } = open();
    expect((await threads.receive(CHAT, session(), { text: '' })).text).toBe('Hello.');
  });

  it('begin anew after a goodbye', async () => {
    const { threads, session, log } = open();
    const one = session();
    await threads.receive(CHAT, one, { text: 'bye' });
    expect((await threads.receive(CHAT, one, { text: 'a' })).contactId).toBe('c2');
    expect(log).toContain('c1 ended caller');
  });

  it('end when nobody writes for an hour', async () => {
    const { threads, session, log, clock } = open();
    await threads.receive(CHAT, session(), { text: 'a' });
    await clock.advanceAsync(HOUR_MS);
    expect(log).toContain('c1 ended closed');
  });

  it('end when the same customer goes on elsewhere', async () => {
    const { threads, session, log, clock } = open();
    await threads.receive(CHAT, session('ses_1', 'cus_1'), { text: 'a' });
    await threads.receive({ ...CHAT, thread: 't2' }, session('ses_2', 'cus_2'), { text: 'a' });
    threads.closeOf({ site: 'demo', sessionId: 'ses_3', customerId: 'cus_1' });
    await clock.advanceAsync(0);
    expect(log.filter((line) => line.includes('ended'))).toEqual(['c1 ended closed']);
  });

  it('answer what was written before the customer went on elsewhere, and what comes after anew', async () => {
    const { threads, session, log, world } = open();
    const one = session('ses_1', 'cus_1');
    const held = Promise.withResolvers<void>();
    await threads.receive(CHAT, one, { text: '' });
    world.hold = held.promise;
    const answers = ['a', 'b'].map((text) => threads.receive(CHAT, one, { text }));
    await expect.poll(() => log).toContain('c1 heard a');
    threads.closeOf({ site: one.siteKey, sessionId: one.id, customerId: one.subject.customerId });
    held.resolve();
    expect((await Promise.all(answers)).map(({ contactId }) => contactId)).toEqual(['c1', 'c2']);
    expect(log.indexOf('c1 ended closed')).toBeGreaterThan(log.indexOf('c1 said You said a.'));
    expect(log).not.toContain('c1 heard b');
  });

  it('answer a goodbye once, however often it is delivered', async () => {
    const { threads, session } = open();
    const one = session();
    const first = await threads.receive(CHAT, one, { text: 'bye', id: 'm1' });
    expect(await threads.receive(CHAT, one, { text: 'bye', id: 'm1' })).toEqual(first);
  });

  it('try again what went wrong, and answer what comes after it', async () => {
    const { threads, session, world } = open();
    const one = session();
    world.faults = 1;
    await expect(threads.receive(CHAT, one, { text: 'a', id: 'm1' })).rejects.toThrow('a fault');
    expect((await threads.receive(CHAT, one, { text: 'a', id: 'm1' })).text).toBe('You said a.');
  });

  it('open nothing once they are closed', async () => {
    const { threads, session, clock } = open();
    await threads.receive(CHAT, session(), { text: 'a' });
    threads.close();
    await expect(threads.receive(CHAT, session(), { text: 'b' })).rejects.toMatchObject({
      code: 'SHUTTING_DOWN',
    });
    expect(clock.pending).toBe(0);
  });

  it('never let one person go on with the thread of another', async () => {
    const { threads, session } = open();
    await threads.receive(CHAT, session('ses_1', 'cus_1'), { text: 'a' });
    expect((await threads.receive(CHAT, session('ses_2', 'cus_2'), { text: 'b' })).contactId).toBe('c2');
  });
});
