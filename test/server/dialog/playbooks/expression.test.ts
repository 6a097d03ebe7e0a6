import { describe, expect, it } from 'vitest';
import { makeScope } from '../../../../server/dialog/conversation/scope.ts';
import { compileExpression, ExpressionError } from '../../../../server/dialog/playbooks/expression.ts';
import type { Fact } from '../../../../shared/facts.ts';
import type { Json } from '../../../../shared/json.ts';

const fact = (value: Json): Fact => ({ value, source: 'page', observedAt: 0 });

const scope = makeScope({
  facts: {
    'page.url': fact('https://shop.example/cart'),
    order: fact({ number: '10427', totalCents: 12900 }),
    'order.note': fact('ring twice'),
    orders: fact([{ number: '10427' }, { number: '10498' }]),
    '__proto__.polluted': fact(true),
  },
  events: [
    { name: 'payment_failed', data: { reason: 'expired_card' }, observedAt: 1 },
    { name: 'payment_failed', data: { reason: '3ds_failed' }, observedAt: 2 },
  ],
  signed: true,
  claimed: true,
  today: '2026-11-25',
  nowMs: 0,
  slots: { day: '2026-11-27' },
});

describe('expressions', () => {
  it.each<[string, Json | undefined]>([
    ['facts.page.url', 'https://shop.example/cart'],
    ['facts.order.note + facts.order.number', 'ring twice10427'],
    ['facts.orders.map(o, o.number)', ['10427', '10498']],
    ['size(facts.orders)', 2],
    ['daysBetween(today, slots.day)', 2],
    ['happened(events, "payment_failed")', true],
    ['eventData(events, "payment_failed").reason', '3ds_failed'],
    ['eventData(events, "other")', null],
    ['facts.missing.name', undefined],
    ['has(facts.missing)', false],
    ['facts.order.totalCents > 10000', true],
    ['facts.polluted', undefined],
    ['facts.constructor', undefined],
  ])('%s', (source, value) => {
    expect(compileExpression(source).evaluate(scope)).toEqual(value);
  });

  it('holds only when true, not when something is missing', () => {
    expect(compileExpression('facts.missing.name == "x"').holds(scope)).toBe(false);
    expect(compileExpression('facts.missing.name != "x"').holds(scope)).toBe(false);
    expect(compileExpression('signed').holds(scope)).toBe(true);
  });

  it('knows which facts it reads', () => {
    expect(compileExpression('facts.orders[0].number == facts["order"].number').facts).toEqual([
      'orders',
      'order',
    ]);
  });

  it('cannot reach out, and is bounded', () => {
    for (const source of [
      'process.exit()',
      'import("fs")',
      'x',
      'facts.x = 1',
      `${'('.repeat(200)}1`,
      '1+'.repeat(400),
    ]) {
      expect(() => compileExpression(source), source).toThrow(ExpressionError);
    }
  });
});
