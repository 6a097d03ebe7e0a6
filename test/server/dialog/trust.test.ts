import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../server/dialog/playbooks/expression.ts';
import type { OperationPlan, ValuePlan } from '../../../server/dialog/playbooks/playbook.ts';
import { mayCall, mayRead, type Standing } from '../../../server/dialog/trust.ts';
import type { Level } from '../../../server/verification/level.ts';
import type { FactSource } from '../../../shared/facts.ts';

const ANONYMOUS: Standing = { subject: { customerId: null } };
const SIGNED: Standing = { subject: { customerId: 'cus_jane' } };
const knownAs = (level: Level): Standing => ({ ...SIGNED, verifier: { level } });
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
    expect(mayCall(operation('verified'), ANONYMOUS)).toBe(false);
    expect(mayCall(operation('verified'), SIGNED)).toBe(true);
    expect(mayCall(operation('anyone'), ANONYMOUS)).toBe(true);
  });

  it('asks more than a sign-in for what is named strong', () => {
    expect(mayCall(operation('strong'), SIGNED)).toBe(false);
    expect(mayCall(operation('strong'), knownAs('verified'))).toBe(false);
    expect(mayCall(operation('strong'), knownAs('strong'))).toBe(true);
  });

  it('closes again what was open when evidence has grown old', () => {
    expect(mayCall(operation('verified'), knownAs('recognised'))).toBe(false);
    expect(mayRead(value(true), facts('signed'), knownAs('recognised'))).toBe(false);
  });

  it('never takes a level without somebody in particular', () => {
    const nobody: Standing = { subject: { customerId: null }, verifier: { level: 'strong' } };
    expect(mayCall(operation('verified'), nobody)).toBe(false);
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
