import type { Facts } from '../../shared/facts.ts';
import type { Subject } from '../records/connector.ts';
import { type Level, reaches } from '../verification/level.ts';
import type { OperationPlan, ValuePlan } from './playbooks/playbook.ts';

/**
 * The one place that decides what an assistant may do or say for whom. A proven subject is needed for private reads
 * and for changes; public facts may be read back whoever told them.
 */

/** Who the visitor is proven to be, and how well they are known now. */
export type Standing = { readonly subject: Subject; readonly verifier?: { readonly level: Level } | null };

/** Whether the visitor's identity is proven. */
export function isSigned(subject: Subject): boolean {
  return subject.customerId !== null;
}

/** Where nothing weighs evidence, a proven identity verifies. */
export function levelOf({ subject, verifier }: Standing): Level {
  return verifier?.level ?? (isSigned(subject) ? 'verified' : 'anyone');
}

/** Look-ups and actions: what is not declared harmless needs the level that it names. */
export function mayCall({ needs }: OperationPlan, standing: Standing): boolean {
  return isKnown(needs, standing);
}

/** Whether the caller is known so well; from `verified` on they are somebody in particular. */
export function isKnown(needs: Level, standing: Standing): boolean {
  if (reaches(needs, 'verified') && !isSigned(standing.subject)) return false;
  return reaches(levelOf(standing), needs);
}

/** Values: private ones need that every fact in them is signed, and a look-up that fed them was gated itself. */
export function mayRead(value: ValuePlan, facts: Facts, standing: Standing): boolean {
  if (!value.private) return true;
  if (!isKnown('verified', standing)) return false;
  return value.is.facts.every((root) =>
    Object.entries(facts).every(([name, fact]) => !isUnder(name, root) || fact.source === 'signed'),
  );
}

function isUnder(name: string, root: string): boolean {
  return name === root || name.startsWith(`${root}.`);
}
