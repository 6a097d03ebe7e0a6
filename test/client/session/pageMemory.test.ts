import { describe, expect, it } from 'vitest';
import { contextPatch, PageMemory } from '../../../client/session/pageMemory.ts';

describe('what the page has told', () => {
  it('merges facts by key, and null forgets one', () => {
    const memory = new PageMemory();
    memory.context = { cart: ['a'], step: 1 };
    memory.merge({ step: 2, cart: null, order: '10427' });
    expect(memory.context).toEqual({ step: 2, order: '10427' });
  });

  it('keeps the latest fifty events', () => {
    const memory = new PageMemory();
    for (let i = 0; i < 60; i += 1) memory.track(`event_${i}`, null, i);
    expect(memory.events).toHaveLength(50);
    expect(memory.events.at(0)?.name).toBe('event_10');
    expect(memory.events.at(-1)?.name).toBe('event_59');
  });

  it('refuses names that the server would refuse, so that they cannot cost a call', () => {
    const memory = new PageMemory();
    for (const name of ['', '1st', 'payment failed', 'x'.repeat(65), '<b>']) {
      expect(memory.track(name, null, 0)).toBe(false);
    }
    expect(memory.track('payment_failed', { amount: 3 }, 0)).toBe(true);
    expect(memory.events).toHaveLength(1);
  });

  it('tells a replaced context as a patch', () => {
    expect(contextPatch({ a: 1, b: { c: 2 }, d: 4 }, { b: { c: 3 }, d: 4, e: 5 })).toEqual({
      a: null,
      b: { c: 3 },
      e: 5,
    });
  });
});
