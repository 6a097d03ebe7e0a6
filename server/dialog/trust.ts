import type { Facts } from '../../shared/facts.ts';
import type { Subject } from '../records/connector.ts';
import type { OperationPlan, ValuePlan } from './playbooks/playbook.ts';

/**
 * The one place that decides what an assistant may do or say for whom. A proven subject is needed for private reads
 * and for changes; public facts may be read back whoever told them.
 */

/** Whether the visitor's identity is proven. */
export function isSigned(subject: Subject): boolean {
  return subject.customerId !== null;
}

/** Look-ups and actions: what is not declared harmless needs a signed identity. */
export function mayCall(operation: OperationPlan, subject: Subject): boolean {
  return operation.needs === 'anyone' || isSigned(subject);
}

/** Values: private ones need that every fact in them is signed, and a look-up that fed them was gated itself. */
export function mayRead(value: ValuePlan, facts: Facts, subject: Subject): boolean {
  if (!value.private) return true;
  if (!isSigned(subject)) return false;
  return value.is.facts.every((root) =>
    Object.entries(facts).every(([name, fact]) => !isUnder(name, root) || fact.source === 'signed'),
  );
}

function isUnder(name: string, root: string): boolean {
  return name === root || name.startsWith(`${root}.`);
}
