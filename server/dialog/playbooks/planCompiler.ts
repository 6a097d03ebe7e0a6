import type { SourceFile, SourcePath } from '../../yaml/sourceFile.ts';
import type { ValueStyle } from '../speaking/spokenValue.ts';
import type { SlotType } from '../understanding/slot.ts';
import { compileExpression, type Expression, ExpressionError } from './expression.ts';
import type { OpeningRule, Reaction, SlotPlan, ValuePlan } from './playbook.ts';
import type { GreetingSource, ReactionSource, SlotSource, ValueSource } from './schema.ts';
import { compilePhrases, compileWording, type WordingContext } from './wordingCompiler.ts';

/** Compiles the parts of a playbook that are not steps. */

const NOTHING = compileExpression('null');

/** Compiles an expression; a broken one is reported and stands for "nothing". */
export function expressionAt(file: SourceFile, path: SourcePath, source: string): Expression {
  try {
    return compileExpression(source);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    file.report(path, `is no expression: ${error.message} (expected CEL)`, error.offset);
    return NOTHING;
  }
}

export function optionalExpression(
  file: SourceFile,
  path: SourcePath,
  source: string | undefined,
): Expression | null {
  return source === undefined ? null : expressionAt(file, path, source);
}

export function expressionMap(
  file: SourceFile,
  path: SourcePath,
  sources: Readonly<Record<string, string>>,
): Map<string, Expression> {
  return new Map(
    Object.entries(sources).map(([key, source]) => [key, expressionAt(file, [...path, key], source)]),
  );
}

export function compileValue(
  file: SourceFile,
  path: SourcePath,
  name: string,
  source: ValueSource,
): ValuePlan {
  if (typeof source === 'string') {
    return { name, is: expressionAt(file, path, source), as: 'text', currency: null, private: false };
  }
  return {
    name,
    is: expressionAt(file, [...path, 'is'], source.is),
    as: source.as,
    currency: optionalExpression(file, [...path, 'currency'], source.currency),
    private: source.private,
  };
}

const STYLE_OF_TYPE: Readonly<Record<SlotType, ValueStyle>> = {
  number: 'digits',
  date: 'fullDate',
  amount: 'money',
  email: 'email',
  yesNo: 'text',
  choice: 'text',
  address: 'text',
  text: 'text',
};

export function compileSlot(
  context: WordingContext,
  path: SourcePath,
  name: string,
  source: SlotSource,
): SlotPlan {
  const { file } = context;
  if (source.type === 'choice' && !source.choices) {
    file.report(
      path,
      `slot \`${name}\` is a choice without \`choices\` (expected values and ways to say them)`,
    );
  }
  const choices = new Map<string, Record<string, readonly string[]>>();
  for (const [value, ways] of Object.entries(source.choices ?? {})) {
    for (const [language, phrases] of compilePhrases(context, [...path, 'choices', value], ways)) {
      choices.set(language, { ...choices.get(language), [value]: phrases });
    }
  }
  const ask = compileWording(context, [...path, 'ask'], source.ask);
  return {
    name,
    type: source.type,
    digits: source.digits ?? null,
    choices,
    from: source.from.map((from, index) => expressionAt(file, [...path, 'from', index], from)),
    known: optionalExpression(file, [...path, 'known'], source.known),
    ask,
    again: source.again === undefined ? ask : compileWording(context, [...path, 'again'], source.again),
    label: source.label === undefined ? ask : compileWording(context, [...path, 'label'], source.label),
    check: source.check === undefined ? null : compileWording(context, [...path, 'check'], source.check),
    confirm: source.confirm,
    keep: source.keep,
    secret: source.secret,
    as: source.as ?? STYLE_OF_TYPE[source.type],
  };
}

export function compileOpening(
  context: WordingContext,
  path: SourcePath,
  source: GreetingSource,
  fallbackIntent: string,
): OpeningRule {
  const { file } = context;
  return {
    id: `${file.name}#${path.map(String).join('.')}`,
    on: source.on ?? null,
    when: optionalExpression(file, [...path, 'when'], source.when),
    priority: source.priority,
    say: compileWording(context, [...path, 'say'], source.say),
    intent: source.intent ?? fallbackIntent,
    fill: expressionMap(file, [...path, 'fill'], source.fill),
  };
}

/** `reply` looks a reply up by name and reports a name that is not there. */
export function compileReaction(
  source: ReactionSource,
  reply: (name: string, path: SourcePath) => Reaction['say'],
  path: SourcePath,
): Reaction {
  if (typeof source === 'string') return { say: reply(source, path), forget: [], next: 'done' };
  const next = source.next ?? (source.forget.length > 0 ? 'again' : 'done');
  return {
    say: source.say === undefined ? null : reply(source.say, [...path, 'say']),
    forget: source.forget,
    next: next === 'hand_over' ? 'handOver' : next,
  };
}
