import type { JsonObject } from '../../../shared/json.ts';
import type { OpeningRule } from '../playbooks/playbook.ts';
import type { Sentence } from '../policy.ts';
import { type CallContext, scopeOf, valuesOf } from './callContext.ts';
import type { Question } from './question.ts';

export type Opening = {
  sentences: Sentence[];
  question: Question & { kind: 'suggestion' };
  rule: OpeningRule;
};

/** The matter that the session suggests most, in a sentence that asks whether it is that; null when there is none. */
export function suggestOpening(
  context: CallContext,
  kind: 'greeting' | 'events',
  applies: (rule: OpeningRule) => boolean = () => true,
): Opening | null {
  const rules = [...context.library.playbooks.values()]
    .flatMap((playbook) => playbook[kind].map((rule) => ({ playbook, rule })))
    .sort((a, b) => b.rule.priority - a.rule.priority);
  const scope = scopeOf(context);
  for (const { playbook, rule } of rules) {
    if (!applies(rule) || (rule.when && !rule.when.holds(scope))) continue;
    const sentences = context.speaker.say(rule.say, valuesOf(context, playbook, null, scope));
    if (sentences.length === 0) continue;
    const question = { kind: 'suggestion' as const, playbook, rule, fill: fillOf(rule, scope) };
    return { sentences, question, rule };
  }
  return null;
}

/** "Hello, this is …": as personal as the session allows. */
export function hello(context: CallContext): Sentence[] {
  return context.speaker.say(context.library.site.hello, siteValues(context));
}

/** "How can I help?" */
export function openQuestion(context: CallContext): Sentence[] {
  return context.speaker.say(context.library.site.question, siteValues(context));
}

function siteValues(context: CallContext) {
  return valuesOf(context, null, null, scopeOf(context));
}

function fillOf(rule: OpeningRule, scope: ReturnType<typeof scopeOf>): JsonObject {
  const fill: JsonObject = {};
  for (const [slot, expression] of rule.fill) {
    const value = expression.evaluate(scope);
    if (value !== undefined && value !== null) fill[slot] = value;
  }
  return fill;
}
