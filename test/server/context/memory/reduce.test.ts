import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combine } from '../../../../server/context/memory/combine.ts';
import { FRESH_MEMORY, KEPT, type PersonMemory } from '../../../../server/context/memory/memory.ts';
import { REMEMBERED, reduce } from '../../../../server/context/memory/reduce.ts';
import { tendenciesOf } from '../../../../server/context/memory/tendencies.ts';
import {
  LEDGER_KINDS,
  type LedgerEvent,
  ledgerEvent,
  type NewEvent,
} from '../../../../server/ledger/event.ts';

const NOON_MS = Date.UTC(2026, 0, 5, 12);

let n = 0;
const event = (fields: Partial<NewEvent> & Pick<NewEvent, 'kind'>): LedgerEvent =>
  ledgerEvent(
    { channel: 'voice', site: 'demo', personId: 'per_1', contactId: 'call_1', ...fields },
    NOON_MS + 1_000 * ++n,
  );
const remember = (...events: LedgerEvent[]): PersonMemory => events.reduce(reduce, FRESH_MEMORY);
const step = (taskId: string, fields: Partial<NewEvent> = {}) =>
  event({
    kind: 'task.step',
    data: { taskId, task: 'returns', intent: 'return.continue', pending: 'slot:method' },
    personal: { slots: { returnOrder: { value: '10427', certain: true, atMs: NOON_MS } }, steps: {} },
    ...fields,
  });
const over = (kind: 'task.done' | 'task.abandoned', taskId: string) =>
  event({ kind, data: { taskId, task: 'returns', intent: 'return.continue' } });

describe('a memory', () => {
  it('holds a task with what was said for it until it is over', () => {
    const memory = remember(
      event({ kind: 'task.begun', data: { taskId: 't1', task: 'returns' } }),
      step('t1'),
    );
    expect(memory.unfinished).toMatchObject([
      {
        taskId: 't1',
        playbook: 'returns',
        pending: 'slot:method',
        slots: { returnOrder: { value: '10427' } },
      },
    ]);
    expect(reduce(memory, over('task.done', 't1'))).toMatchObject({
      unfinished: [],
      resolutions: [{ playbook: 'returns', intent: 'return.continue' }],
    });
    expect(reduce(memory, over('task.abandoned', 't1'))).toMatchObject({ unfinished: [], resolutions: [] });
  });

  it('keeps what was said when a task is put aside', () => {
    const aside = event({
      kind: 'task.parked',
      data: { taskId: 't1', task: 'returns', reason: 'not_wanted', declined: true },
    });
    expect(remember(step('t1'), aside).unfinished).toMatchObject([
      { declined: true, parked: 'not_wanted', slots: { returnOrder: { value: '10427' } } },
    ]);
  });

  it('holds promises until they are kept or broken', () => {
    const promise = event({ kind: 'promise.opened', data: { promiseId: 'p1', what: 'tickets.create' } });
    const memory = remember(promise);
    expect(memory.promises).toMatchObject([{ promiseId: 'p1', what: 'tickets.create' }]);
    expect(reduce(memory, event({ kind: 'promise.kept', data: { promiseId: 'p1' } })).promises).toEqual([]);
  });

  it('holds the latest of each preference', () => {
    const prefer = (value: number) =>
      event({ kind: 'preference', data: { name: 'rate', source: 'caller' }, personal: { value } });
    expect(tendenciesOf(remember(prefer(0.85), prefer(1.15))).rate).toBe(1.15);
    expect(tendenciesOf(remember(prefer(90))).rate).toBe(1.3);
  });

  it('sees habits only when they come back', () => {
    const contact = (contactId: string) => [
      event({ kind: 'contact.started', contactId }),
      event({ kind: 'intent', contactId, data: { intent: 'order.status' } }),
      event({ kind: 'turn.caller', contactId, data: { typed: true } }),
      event({ kind: 'turn.caller', contactId, data: { typed: true } }),
      event({ kind: 'intent', contactId, data: { intent: 'command.repeat' } }),
      event({ kind: 'intent', contactId, data: { intent: 'command.repeat' } }),
      event({ kind: 'handover', contactId }),
      event({ kind: 'contact.ended', contactId }),
    ];
    const once = tendenciesOf(remember(...contact('a')));
    expect(once).toMatchObject({
      writes: false,
      asksAgain: false,
      wantsHuman: false,
      rate: 1,
      usualHour: null,
    });
    const twice = tendenciesOf(remember(...contact('a'), ...contact('b')));
    expect(twice).toMatchObject({ writes: true, asksAgain: true, wantsHuman: true, rate: 0.85 });
    expect(twice).toMatchObject({ usualHour: 12, usualMatters: ['order.status'], channel: 'voice' });
  });

  it('is drawn from the kinds that it names, and from no other', () => {
    const memory = remember(step('t1'), event({ kind: 'contact.started' }));
    for (const kind of LEDGER_KINDS.filter((one) => !REMEMBERED.includes(one))) {
      expect(reduce(memory, event({ kind, data: { taskId: 't1', task: 'x', name: 'x' } }))).toBe(memory);
    }
  });

  it('is bounded, whatever happens', () => {
    const events = Array.from({ length: 200 }, (_, at) => [
      event({ kind: 'contact.started', contactId: `c${at}` }),
      step(`t${at}`),
      event({ kind: 'intent', contactId: `c${at}`, data: { intent: `i${at}` } }),
      event({ kind: 'promise.opened', data: { promiseId: `p${at}` } }),
    ]).flat();
    const memory = remember(...events);
    expect(memory.contacts).toHaveLength(KEPT.contacts);
    expect(memory.unfinished).toHaveLength(KEPT.unfinished);
    expect(memory.promises).toHaveLength(KEPT.promises);
    expect(Object.keys(memory.tally.byIntent).length).toBeLessThanOrEqual(KEPT.intents);
    expect(JSON.stringify(memory).length).toBeLessThan(20_000);
  });

  it('takes any event, and changes nothing that it was given', () => {
    const anyEvent = fc.record({
      kind: fc.constantFrom(...LEDGER_KINDS),
      data: fc.dictionary(fc.constantFrom('taskId', 'task', 'intent', 'name', 'what', 'key'), fc.jsonValue()),
      personal: fc.dictionary(fc.constantFrom('value', 'text'), fc.jsonValue()),
    });
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), (given) => {
        const events = given.map((one) => event(one as Partial<NewEvent> & Pick<NewEvent, 'kind'>));
        const first = JSON.stringify(remember(...events));
        expect(JSON.stringify(remember(...events))).toBe(first);
      }),
      { numRuns: 50 },
    );
    expect(FRESH_MEMORY.contacts).toEqual([]);
  });
});

describe('memories of one person under several ids', () => {
  it('are one: what is over under one id is over', () => {
    const anonymous = remember(step('t1'), event({ kind: 'promise.opened', data: { promiseId: 'p1' } }));
    const signed = remember(
      over('task.done', 't1'),
      event({ kind: 'promise.kept', data: { promiseId: 'p1' } }),
    );
    for (const both of [combine([anonymous, signed]), combine([signed, anonymous])]) {
      expect(both).toMatchObject({ unfinished: [], promises: [] });
    }
  });

  it('hold a task once, as it stands last', () => {
    const early = remember(step('t1'));
    const late = remember(step('t1', { data: { taskId: 't1', task: 'returns', pending: 'confirm' } }));
    expect(combine([late, early]).unfinished).toMatchObject([{ taskId: 't1', pending: 'confirm' }]);
  });

  it('add what was counted', () => {
    const one = remember(event({ kind: 'contact.started', contactId: 'a' }));
    const two = remember(event({ kind: 'contact.started', contactId: 'b' }));
    expect(combine([one, two]).tally).toMatchObject({ contacts: 2, byChannel: { voice: 2 } });
  });
});
