import { describe, expect, test } from 'vitest';
import { BadAnswer } from '../../../server/records/badAnswer.ts';
import { ANSWER_LIMIT_MS, Outbox } from '../../../server/records/outbox.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { MemoryOutboxStore } from '../../fakes/outboxStore.ts';
import { ScriptedSystem } from '../../fakes/systems.ts';

const JANE = { customerId: 'cus_jane' };
const note = (text: string, subject: { customerId: string | null } = JANE) => ({
  operation: 'tickets.create',
  args: { text },
  subject,
  idempotencyKey: `key of ${text}`,
});

function open({
  store = new MemoryOutboxStore(),
  system = new ScriptedSystem(),
  clock = new FakeClock(),
} = {}) {
  const troubles: unknown[] = [];
  const ended: string[] = [];
  const perform = (_site: string, request: Parameters<ScriptedSystem['call']>[0]) => system.call(request);
  const outbox = new Outbox({ store, perform, clock, onTrouble: (error) => troubles.push(error) });
  outbox.on('ended', ({ entry, state, late }) =>
    ended.push(`${entry.args.text} ${state}${late ? ' late' : ''}`),
  );
  const submit = (text: string, subject = JANE) => outbox.submit('shop', note(text, subject));
  const asked = () => system.requests.map(({ args, idempotencyKey }) => [args.text, idempotencyKey]);
  return { outbox, store, system, clock, submit, asked, ended, troubles };
}

describe('an action', () => {
  test('is done at once where the system answers, and says the true result', async () => {
    const { submit, system, ended, store, outbox } = open();
    system.answers(() => ({ ticket: 'T-1' }));
    expect(await submit('a')).toEqual({ state: 'done', answer: { ticket: 'T-1' } });
    expect(ended).toEqual(['a done']);
    expect(store.entries).toMatchObject([{ state: 'done', answer: { ticket: 'T-1' } }]);
    expect(outbox.pendingOf('shop', 'cus_jane')).toEqual([]);
  });

  test('is stored before it is attempted', async () => {
    const { submit, system, store } = open();
    let stored = 0;
    system.answers(() => {
      stored = store.entries.length;
      return {};
    });
    await submit('a');
    expect(stored).toBe(1);
  });

  test('is refused as the system refuses it', async () => {
    const { submit, system } = open();
    system.refuses('already_dispatched');
    expect(await submit('a')).toEqual({ state: 'refused', reason: 'already_dispatched' });
    expect(await submit('a')).toEqual({ state: 'refused', reason: 'already_dispatched' });
    expect(system.requests).toHaveLength(1);
  });

  test('is noted when the system is slow, visible while it waits, and done when the system answers', async () => {
    const { submit, system, clock, outbox, ended } = open();
    const answer = system.hangs();
    const submitted = submit('a');
    await clock.advanceAsync(ANSWER_LIMIT_MS);
    expect(await submitted).toEqual({ state: 'deferred' });
    expect(outbox.pendingOf('shop', 'cus_jane')).toMatchObject([
      { operation: 'tickets.create', args: { text: 'a' } },
    ]);
    answer({});
    await clock.advanceAsync(0);
    expect(outbox.pendingOf('shop', 'cus_jane')).toEqual([]);
    expect(ended).toEqual(['a done late']);
    expect(system.requests).toHaveLength(1);
  });

  test('is told to be noted at once when the system is out, and is attempted again with the same key', async () => {
    const { submit, system, clock, asked, ended } = open();
    system.isOut();
    expect(await submit('a')).toEqual({ state: 'deferred' });
    await clock.advanceAsync(2_000);
    system.answers(() => ({}));
    await clock.advanceAsync(10_000);
    expect(new Set(asked().map(([, key]) => key))).toEqual(new Set(['key of a']));
    expect(ended).toEqual(['a done late']);
    const attempts = system.requests.length;
    await clock.advanceAsync(600_000);
    expect(system.requests).toHaveLength(attempts);
  });

  test('is attempted less and less often, and given up after a day', async () => {
    const { submit, system, clock, ended } = open();
    system.isOut();
    await submit('a');
    await clock.advanceAsync(60_000);
    const inAMinute = system.requests.length;
    expect(inAMinute).toBeGreaterThan(3);
    expect(inAMinute).toBeLessThan(8);
    clock.stall(86_400_000);
    await clock.advanceAsync(300_000);
    expect(ended).toEqual(['a dead late']);
  });

  test('is given up sooner when the system answers with nonsense', async () => {
    const { submit, system, clock, ended } = open();
    system.answers(() => Promise.reject(new BadAnswer('status 400')));
    await submit('a');
    await clock.advanceAsync(300_000);
    expect(ended).toEqual(['a dead late']);
    expect(system.requests).toHaveLength(5);
  });
});

describe('crashes', () => {
  test('between the attempt and its mark: done again with the same key, by the next process', async () => {
    const first = open();
    first.system.answers(() => ({ ticket: 'T-1' }));
    first.store.losesEnds = true;
    expect(await first.submit('a')).toMatchObject({ state: 'done' });
    await first.clock.advanceAsync(0);
    expect(first.troubles).toHaveLength(1);
    await first.outbox.close();
    first.store.losesEnds = false;

    const second = open({ store: first.store, system: first.system, clock: first.clock });
    await first.clock.advanceAsync(30_000);
    expect(first.system.requests).toHaveLength(1);
    await first.clock.advanceAsync(60_000);
    expect(second.asked()).toEqual([
      ['a', 'key of a'],
      ['a', 'key of a'],
    ]);
    expect(first.store.entries).toMatchObject([{ state: 'done' }]);
  });

  test('in the middle of an attempt: the next process takes it up', async () => {
    const first = open();
    first.system.hangs();
    const submitted = first.submit('a');
    await first.clock.advanceAsync(0);
    await first.outbox.close();
    expect(await submitted).toEqual({ state: 'deferred' });
    const second = open({ store: first.store, clock: first.clock });
    await first.clock.advanceAsync(70_000);
    expect(second.asked()).toEqual([['a', 'key of a']]);
    expect(second.ended).toEqual(['a done late']);
  });

  test('a closed outbox leaves no timer', async () => {
    const { outbox, submit, system, clock } = open();
    system.hangs();
    void submit('a');
    await clock.advanceAsync(0);
    await outbox.close();
    expect(clock.pending).toBe(0);
  });
});

describe('order', () => {
  test('of one customer is kept, also when the first one waits', async () => {
    const { submit, system, clock, asked, ended } = open();
    system.isOut();
    expect(await submit('first')).toEqual({ state: 'deferred' });
    system.answers(() => ({}));
    expect(await submit('second')).toEqual({ state: 'deferred' });
    await clock.advanceAsync(10_000);
    expect(ended).toEqual(['first done late', 'second done late']);
    expect(asked().at(-1)).toEqual(['second', 'key of second']);
  });

  test('of two calls of one customer at once: one after the other, each once', async () => {
    const { submit, system } = open();
    let running = 0;
    let most = 0;
    system.answers(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return {};
    });
    const texts = ['a', 'b', 'c', 'd'];
    const submitted = await Promise.all(texts.map((text) => submit(text)));
    expect(submitted.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done']);
    expect(system.requests.map(({ args }) => args.text)).toEqual(texts);
    expect(most).toBe(1);
  });

  test('of different customers is their own affair', async () => {
    const { submit, system } = open();
    system.answers(({ subject }) =>
      subject.customerId === 'cus_jane' ? Promise.reject(new Error('out')) : { ok: true },
    );
    expect(await submit('a')).toEqual({ state: 'deferred' });
    expect(await submit('b', { customerId: 'cus_sam' })).toMatchObject({ state: 'done' });
    expect(await submit('c', { customerId: null as unknown as string })).toMatchObject({ state: 'done' });
  });

  test('that waits behind a thousand others of a system that is out is attempted when it is due', async () => {
    const { store, system, clock, outbox, ended } = open();
    const noted = (text: string, lane: string, operation: string) =>
      store.add({
        ...note(text),
        siteKey: 'shop',
        operation,
        lane,
        customerId: lane,
        notedAtMs: clock.epochMs(),
      });
    for (let at = 0; at < 1_200; at += 1) {
      const entry = await noted(`out ${at}`, `cus_${at}`, 'crm.note');
      await store.postpone(entry, 1, clock.epochMs() + 300_000);
    }
    await noted('late', 'cus_late', 'tickets.create');
    system.answers(() => ({}));
    await clock.advanceAsync(1_000);
    expect(ended).toEqual(['late done late']);
    await clock.advanceAsync(2_000);
    expect(outbox.size).toBe(1_200);
    expect(outbox.pendingOf('shop', 'cus_1100')).toHaveLength(1);
    // Another server has done one of the last.
    const done = store.entries.find(({ customerId }) => customerId === 'cus_1100');
    if (done) await store.end(done, { state: 'done', answer: {} }, clock.epochMs());
    await clock.advanceAsync(3_000);
    expect(outbox.pendingOf('shop', 'cus_1100')).toEqual([]);
    expect(outbox.size).toBe(1_199);
  });

  test('the same action twice at once takes effect once', async () => {
    const { submit, system, clock } = open();
    const answer = system.hangs();
    const both = [submit('a'), submit('a')];
    await clock.advanceAsync(0);
    answer({ ticket: 'T-1' });
    await clock.advanceAsync(0);
    expect(await both[1]).toEqual({ state: 'done', answer: { ticket: 'T-1' } });
    expect(system.requests).toHaveLength(1);
  });
});

describe('trouble', () => {
  test('a lost database: the action is attempted all the same, and fails honestly when that does not work', async () => {
    const { submit, system, store, troubles } = open();
    store.broken = true;
    expect(await submit('a')).toEqual({ state: 'done', answer: {} });
    system.isOut();
    await expect(submit('b')).rejects.toMatchObject({ code: 'CONNECTOR_FAILED' });
    expect(troubles.length).toBeGreaterThan(0);
  });

  test('a customer with too many waiting actions gets an honest failure', async () => {
    const { submit, system } = open();
    system.isOut();
    for (let i = 0; i < 50; i++) await submit(String(i));
    await expect(submit('50')).rejects.toMatchObject({ code: 'CONNECTOR_FAILED' });
  });

  test('an erasure takes what waits with it', async () => {
    const { submit, system, outbox, clock, store } = open();
    system.isOut();
    await submit('a');
    expect(await outbox.erase('shop', 'cus_jane')).toBe(1);
    const before = system.requests.length;
    await clock.advanceAsync(60_000);
    expect(system.requests).toHaveLength(before);
    expect([store.entries, outbox.size]).toEqual([[], 0]);
  });

  test('what has ended is kept for a month', async () => {
    const { submit, store, clock } = open();
    await submit('a');
    clock.stall(29 * 86_400_000);
    await clock.advanceAsync(3_600_000);
    expect(store.entries).toHaveLength(1);
    clock.stall(86_400_000);
    await clock.advanceAsync(3_600_000);
    expect(store.entries).toHaveLength(0);
  });
});
