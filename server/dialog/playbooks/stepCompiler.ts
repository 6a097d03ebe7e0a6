import { didYouMean } from '../../yaml/problem.ts';
import { checkShape } from '../../yaml/shape.ts';
import type { SourceFile, SourcePath } from '../../yaml/sourceFile.ts';
import { compileReaction, expressionMap, optionalExpression } from './planCompiler.ts';
import type { OperationPlan, Reaction, SlotPlan, Step, Wording } from './playbook.ts';
import { type ReactionSource, STEP_SOURCES, type StepVerb } from './schema.ts';

/** What steps refer to, and which of it they used. */
export type StepContext = {
  file: SourceFile;
  operations: ReadonlyMap<string, OperationPlan>;
  slots: ReadonlyMap<string, SlotPlan>;
  replies: ReadonlyMap<string, Wording>;
  usedReplies: Set<string>;
  usedSlots: Set<string>;
};

const VERBS = Object.keys(STEP_SOURCES) as StepVerb[];
const SILENT: Wording = { id: '', messages: new Map() };

export function compileSteps(context: StepContext, path: SourcePath, sources: readonly unknown[]): Step[] {
  return sources.flatMap((source, index) => compileStep(context, [...path, index], source) ?? []);
}

function compileStep(context: StepContext, path: SourcePath, source: unknown): Step | null {
  const { file } = context;
  const keys = typeof source === 'object' && source !== null ? Object.keys(source) : [];
  const verbs = VERBS.filter((verb) => keys.includes(verb));
  const verb = verbs[0];
  if (verb === undefined || verbs.length > 1) {
    const found = verbs.length > 1 ? `has ${verbs.join(' and ')}` : 'says nothing to do';
    const hint = keys.map((key) => didYouMean(key, VERBS)).find((text) => text !== '') ?? '';
    file.report(path, `a step ${found} (expected one of: ${VERBS.join(', ')})${hint}`);
    return null;
  }
  return COMPILERS[verb](context, path, source);
}

type Compiler = (context: StepContext, path: SourcePath, source: unknown) => Step | null;

const COMPILERS: Readonly<Record<StepVerb, Compiler>> = {
  look_up: (context, path, source) => {
    const step = checkShape(context.file, path, source, STEP_SOURCES.look_up);
    return step && compileCall(context, path, step, 'look_up', step.look_up);
  },
  do: (context, path, source) => {
    const step = checkShape(context.file, path, source, STEP_SOURCES.do);
    return step && compileCall(context, path, step, 'do', step.do);
  },
  ask: (context, path, source) => {
    const step = checkShape(context.file, path, source, STEP_SOURCES.ask);
    const slot = step && slotNamed(context, [...path, 'ask'], step.ask);
    return slot ? { ...base(context, path, step.when), verb: 'ask', slot } : null;
  },
  confirm: (context, path, source) => {
    const step = checkShape(context.file, path, source, STEP_SOURCES.confirm);
    if (!step) return null;
    return {
      ...base(context, path, step.when),
      verb: 'confirm',
      say: replyNamed(context, [...path, 'confirm'], step.confirm),
      slots: step.slots.flatMap((name, index) => slotNamed(context, [...path, 'slots', index], name) ?? []),
      no: step.no === undefined ? null : replyNamed(context, [...path, 'no'], step.no),
    };
  },
  say: (context, path, source) => {
    const step = checkShape(context.file, path, source, STEP_SOURCES.say);
    if (!step) return null;
    return {
      ...base(context, path, step.when),
      verb: 'say',
      say: replyNamed(context, [...path, 'say'], step.say),
    };
  },
  sign_in: (context, path, source) => {
    const step = checkShape(context.file, path, source, STEP_SOURCES.sign_in);
    if (!step) return null;
    const say = step.sign_in === true ? null : replyNamed(context, [...path, 'sign_in'], step.sign_in);
    return { ...base(context, path, step.when), verb: 'signIn', say };
  },
  hand_over: (context, path, source) => {
    const step = checkShape(context.file, path, source, STEP_SOURCES.hand_over);
    return step && { ...base(context, path, step.when), verb: 'handOver', reason: step.hand_over };
  },
  done: (context, path, source) => {
    const step = checkShape(context.file, path, source, STEP_SOURCES.done);
    return step && { ...base(context, path, step.when), verb: 'done' };
  },
  steps: (context, path, source) => {
    const step = checkShape(context.file, path, source, STEP_SOURCES.steps);
    if (!step) return null;
    const steps = compileSteps(context, [...path, 'steps'], step.steps);
    return { ...base(context, path, step.when), verb: 'block', steps };
  },
};

type CallSource = {
  when?: string | undefined;
  with: Record<string, string>;
  into?: string | undefined;
  refused: Record<string, ReactionSource>;
  deferred?: string | undefined;
};

function compileCall(
  context: StepContext,
  path: SourcePath,
  source: CallSource,
  verb: 'look_up' | 'do',
  name: string,
): Step | null {
  const { file, operations } = context;
  const operation = operations.get(name);
  if (!operation) {
    const hint = didYouMean(name, operations.keys());
    file.report([...path, verb], `operation \`${name}\` is not declared in the site's \`operations\`${hint}`);
    return null;
  }
  const expected = operation.kind === 'action' ? 'do' : 'look_up';
  if (expected !== verb)
    file.report(
      [...path, verb],
      `\`${name}\` is ${operation.kind === 'action' ? 'an action' : 'a look-up'} (expected \`${expected}:\`)`,
    );
  return {
    ...base(context, path, source.when),
    verb: 'call',
    operation,
    args: expressionMap(file, [...path, 'with'], source.with),
    into: source.into ?? null,
    refused: compileReactions(context, [...path, 'refused'], source.refused, operation),
    deferred:
      source.deferred === undefined ? null : replyNamed(context, [...path, 'deferred'], source.deferred),
  };
}

/** Reactions to a connector's "no"; of one operation, or (null) of the whole playbook. */
export function compileReactions(
  context: StepContext,
  path: SourcePath,
  sources: Readonly<Record<string, ReactionSource>>,
  operation: OperationPlan | null,
): Map<string, Reaction> {
  const known = operation
    ? operation.refuses
    : [...context.operations.values()].flatMap(({ refuses }) => refuses);
  const reactions = new Map<string, Reaction>();
  for (const [reason, source] of Object.entries(sources)) {
    const place = [...path, reason];
    if (!known.includes(reason)) {
      const hint =
        didYouMean(reason, known) ||
        (known.length > 0 ? ` (expected one of: ${[...new Set(known)].join(', ')})` : '');
      const who = operation ? `\`${operation.name}\` never` : 'no operation';
      context.file.reportKey(path, reason, `${who} refuses with \`${reason}\`${hint}`);
    }
    const reaction = compileReaction(source, (name, at) => replyNamed(context, at, name), place);
    for (const [index, name] of reaction.forget.entries())
      slotNamed(context, [...place, 'forget', index], name);
    reactions.set(reason, reaction);
  }
  return reactions;
}

function base(context: StepContext, path: SourcePath, when: string | undefined) {
  return { id: path.map(String).join('.'), when: optionalExpression(context.file, [...path, 'when'], when) };
}

function slotNamed(context: StepContext, path: SourcePath, name: string): SlotPlan | null {
  context.usedSlots.add(name);
  const slot = context.slots.get(name);
  if (!slot)
    context.file.report(path, `no slot is called \`${name}\`${didYouMean(name, context.slots.keys())}`);
  return slot ?? null;
}

function replyNamed(context: StepContext, path: SourcePath, name: string): Wording {
  context.usedReplies.add(name);
  const reply = context.replies.get(name);
  if (!reply)
    context.file.report(path, `no reply is called \`${name}\`${didYouMean(name, context.replies.keys())}`);
  return reply ?? SILENT;
}
