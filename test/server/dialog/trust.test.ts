import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../server/dialog/playbooks/expression.ts';
import type { OperationPlan, ValuePlan } from '../../../server/dialog/playbooks/playbook.ts';
import { mayCall, mayRead } from '../../../server/dialog/trust.ts';
import type { FactSource } from '../../../shared/facts.ts';

const ANONYMOUS = { customerId: null };
const SIGNED = { customerId: 'cus_jane' };
const operation = (needs: OperationPlan['needs']): OperationPlan => ({
  name: 'x',
  kind: 'action',
  needs,
  refuses: [],
});
const value = (isPrivate: boolean): ValuePlan => ({
  name: 'note',
  is: compileExpression('facts.tickets[0].lastMessage'),
  as: 'text',
  currency: null,
  private: isPrivate,
});
const facts = (source: FactSource) => ({ tickets: { value: [], source, observedAt: 0 } });

describe('trust', () => {
  it('lets a proven visitor do what is private or changes something, and nobody else', () => {
    expect(mayCall(operation('signed'), ANONYMOUS)).toBe(false);
    expect(mayCall(operation('signed'), SIGNED)).toBe(true);
    expect(mayCall(operation('anyone'), ANONYMOUS)).toBe(true);
  });

  it('reads public facts back whoever told them', () => {
    expect(mayRead(value(false), facts('page'), ANONYMOUS)).toBe(true);
  });

  it.each<[FactSource, boolean]>([
    ['signed', true],
    ['page', false],
    ['caller', false],
    ['inferred', false],
  ])('reads private facts back when they are %s: %s', (source, allowed) => {
    expect(mayRead(value(true), facts(source), SIGNED)).toBe(allowed);
    expect(mayRead(value(true), facts(source), ANONYMOUS)).toBe(false);
  });
});
