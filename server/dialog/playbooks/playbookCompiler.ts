import { didYouMean } from '../../yaml/problem.ts';
import { checkShape } from '../../yaml/shape.ts';
import type { SourceFile } from '../../yaml/sourceFile.ts';
import { compileOpening, compileSlot, compileValue } from './planCompiler.ts';
import type { OperationPlan, Playbook, Site, SlotPlan, Step, ValuePlan } from './playbook.ts';
import { playbookSource } from './schema.ts';
import { compileReactions, compileSteps, type StepContext } from './stepCompiler.ts';
import { compilePhrases, compileWording, type WordingContext } from './wordingCompiler.ts';

/** One file's playbook, or null when its shape is wrong; everything found wrong is reported in the file. */
export function compilePlaybook(
  file: SourceFile,
  site: Site,
  operations: ReadonlyMap<string, OperationPlan>,
): Playbook | null {
  const source = checkShape(file, [], file.value, playbookSource);
  if (!source) return null;

  const used = new Set<string>();
  const context: WordingContext = {
    file,
    languages: site.languages,
    language: site.language,
    values: new Set([
      ...BUILT_IN,
      ...site.values.keys(),
      ...Object.keys(source.values),
      ...Object.keys(source.slots),
    ]),
    used,
  };
  const values = new Map<string, ValuePlan>();
  for (const [name, value] of Object.entries(source.values)) {
    values.set(name, compileValue(file, ['values', name], name, value));
    if (name in source.slots) file.reportKey(['values'], name, `\`${name}\` is a slot already`);
  }
  const slots = new Map<string, SlotPlan>();
  for (const [name, slot] of Object.entries(source.slots)) {
    slots.set(name, compileSlot(context, ['slots', name], name, slot));
  }
  const replies = new Map(
    Object.entries(source.replies).map(([name, reply]) => [
      name,
      compileWording(context, ['replies', name], reply),
    ]),
  );
  const intents = new Map(
    Object.entries(source.intents).map(([name, examples]) => [
      name,
      compilePhrases(context, ['intents', name], examples),
    ]),
  );
  const firstIntent = [...intents.keys()][0];
  if (firstIntent === undefined)
    file.report(['intents'], 'has no intents (expected at least one with examples)');

  const steps: StepContext = {
    file,
    operations,
    slots,
    replies,
    usedReplies: new Set(),
    usedSlots: new Set(),
  };
  const openings = (key: 'greeting' | 'events') =>
    source[key].map((rule, index) => {
      const opening = compileOpening(context, [key, index], rule, firstIntent ?? '');
      if (!intents.has(opening.intent)) {
        file.report(
          [key, index, 'intent'],
          `no intent is called \`${opening.intent}\`${didYouMean(opening.intent, intents.keys())}`,
        );
      }
      for (const slot of opening.fill.keys()) {
        if (!slots.has(slot))
          file.reportKey(
            [key, index, 'fill'],
            slot,
            `no slot is called \`${slot}\`${didYouMean(slot, slots.keys())}`,
          );
      }
      return opening;
    });
  const compiledSteps = compileSteps(steps, ['steps'], source.steps);
  const playbook: Playbook = {
    name: source.playbook,
    about: compileWording(context, ['about'], source.about),
    unfinished:
      source.unfinished === undefined ? null : compileWording(context, ['unfinished'], source.unfinished),
    intents,
    slots,
    values,
    greeting: openings('greeting'),
    events: openings('events'),
    refused: compileReactions(steps, ['refused'], source.refused, null),
    steps: compiledSteps,
    reRead: new Set(confirmedSlots(compiledSteps)),
  };
  reportUnknownSlots(file, playbook);
  for (const name of replies.keys()) {
    if (!steps.usedReplies.has(name)) file.reportKey(['replies'], name, `no step says the reply \`${name}\``);
  }
  for (const name of values.keys()) {
    if (!used.has(name)) file.reportKey(['values'], name, `no reply uses the value \`${name}\``);
  }
  for (const name of slots.keys()) {
    if (!steps.usedSlots.has(name)) file.reportKey(['slots'], name, `no step asks for the slot \`${name}\``);
  }
  return playbook;
}

/** Values that every message may use. */
export const BUILT_IN = ['assistant', 'site', 'about', 'value', 'reason', 'asOf'] as const;

function confirmedSlots(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => {
    if (step.verb === 'block') return confirmedSlots(step.steps);
    return step.verb === 'confirm' ? step.slots.map(({ name }) => name) : [];
  });
}

/** Expressions name slots too: a misspelt one would only ever be missing. */
function reportUnknownSlots(file: SourceFile, playbook: Playbook): void {
  const check = (names: readonly string[], path: readonly PropertyKey[]) => {
    for (const name of names) {
      if (playbook.slots.has(name)) continue;
      file.report(path, `no slot is called \`slots.${name}\`${didYouMean(name, playbook.slots.keys())}`);
    }
  };
  const visit = (steps: readonly Step[]) => {
    for (const step of steps) {
      const path = step.id.split('.').map((part) => (/^\d+$/u.test(part) ? Number(part) : part));
      if (step.when) check(step.when.slots, [...path, 'when']);
      if (step.verb === 'block') visit(step.steps);
      if (step.verb !== 'call') continue;
      for (const [name, argument] of step.args) check(argument.slots, [...path, 'with', name]);
    }
  };
  visit(playbook.steps);
  for (const value of playbook.values.values()) check(value.is.slots, ['values', value.name]);
}
