import type { ConfirmStep, Library, Playbook, Step } from '../playbooks/playbook.ts';
import type { Heard } from './hearing.ts';
import type { Question } from './question.ts';
import {
  type ConversationSnapshot,
  conversationSnapshot,
  type HeardSnapshot,
  type QuestionSnapshot,
} from './snapshot.ts';
import type { ConversationState } from './state.ts';
import type { Task } from './task.ts';
import { TaskStack } from './taskStack.ts';

/** What a conversation goes on with. */
export type Restored = {
  tasks: TaskStack;
  state: ConversationState;
  snapshot: ConversationSnapshot;
};

/** A snapshot, with this process's playbooks in it; null when it is none. What they know no more is left out. */
export function restoreConversation(snapshot: unknown, { playbooks }: Library): Restored | null {
  const parsed = conversationSnapshot.safeParse(snapshot);
  if (!parsed.success) return null;
  const { state } = parsed.data;
  const { tasks, taskAt } = TaskStack.restore(parsed.data, playbooks);
  const question = state.question && questionFrom(state.question, playbooks, taskAt);
  // Nobody answers a question that is not open any more.
  const asking = state.question !== null && question === null ? [] : state.asking;
  return { tasks, state: { ...state, question, asking }, snapshot: parsed.data };
}

export function questionSnapshot(question: Question, placeOf: (task: Task) => number): QuestionSnapshot {
  switch (question.kind) {
    case 'slot':
    case 'value':
      return { kind: question.kind, task: placeOf(question.task), slot: question.slot.name };
    case 'confirm': {
      const { kind, task, stepId, inputs } = question;
      return { kind, task: placeOf(task), stepId, inputs };
    }
    case 'change': {
      const { kind, task, slots } = question;
      return { kind, task: placeOf(task), slots: slots.map(({ name }) => name) };
    }
    case 'suggestion': {
      const { kind, playbook, rule, fill, unfinished } = question;
      const left = unfinished ? { unfinished: plain(unfinished) } : {};
      return { kind, playbook: playbook.name, rule: rule.id, fill, ...left };
    }
    case 'finish': {
      const { kind, playbook, unfinished, instead } = question;
      const said = instead && heardSnapshot(instead);
      return { kind, playbook: playbook.name, unfinished: plain(unfinished), instead: said };
    }
    case 'intent':
      return { kind: 'intent', understood: heardSnapshot(question.understood) };
    case 'resume':
    case 'retry':
      return { kind: question.kind, task: placeOf(question.task) };
    case 'human':
    case 'anythingElse':
      return question;
  }
}

type Unfinished = (QuestionSnapshot & { kind: 'finish' })['unfinished'];

function plain(unfinished: (Question & { kind: 'finish' })['unfinished']): Unfinished {
  return { ...unfinished, slots: { ...unfinished.slots }, steps: { ...unfinished.steps } };
}

function questionFrom(
  asked: QuestionSnapshot,
  playbooks: ReadonlyMap<string, Playbook>,
  taskAt: (place: number) => Task | null,
): Question | null {
  switch (asked.kind) {
    case 'human':
    case 'anythingElse':
      return asked;
    case 'intent': {
      const understood = heardFrom(asked.understood, playbooks);
      return understood && { kind: 'intent', understood };
    }
    case 'suggestion': {
      const playbook = playbooks.get(asked.playbook);
      const rules = [...(playbook?.greeting ?? []), ...(playbook?.events ?? [])];
      const rule = rules.find(({ id }) => id === asked.rule);
      return playbook && rule ? { ...asked, playbook, rule } : null;
    }
    case 'finish': {
      const playbook = playbooks.get(asked.playbook);
      const instead = asked.instead && heardFrom(asked.instead, playbooks);
      return playbook ? { ...asked, playbook, instead } : null;
    }
    default: {
      const task = taskAt(asked.task);
      return task && questionOf(task, asked);
    }
  }
}

type OfTask = Extract<QuestionSnapshot, { task: number }>;

function questionOf(task: Task, asked: OfTask): Question | null {
  const { slots, steps } = task.playbook;
  switch (asked.kind) {
    case 'slot':
    case 'value': {
      const slot = slots.get(asked.slot);
      const open = slot && (asked.kind === 'slot' || task.slots.has(slot.name));
      return open ? { kind: asked.kind, task, slot } : null;
    }
    case 'confirm': {
      const step = confirmationIn(steps, asked.stepId);
      return step && { ...asked, task, slots: step.slots, no: step.no };
    }
    case 'change': {
      const plans = asked.slots.map((name) => slots.get(name)).filter((plan) => plan !== undefined);
      return { kind: 'change', task, slots: plans };
    }
    case 'resume':
    case 'retry':
      return { kind: asked.kind, task };
  }
}

function confirmationIn(steps: readonly Step[], id: string): ConfirmStep | null {
  for (const step of steps) {
    if (step.verb === 'confirm' && step.id === id) return step;
    const below = step.verb === 'block' ? confirmationIn(step.steps, id) : null;
    if (below) return below;
  }
  return null;
}

function heardSnapshot({ turn, smallTalk, intent, yesNo }: Heard): HeardSnapshot {
  const { text, alternatives, confidence, channel } = turn;
  return {
    turn: { text, alternatives, confidence, channel },
    smallTalk,
    intent: intent && { ...intent, playbook: intent.playbook.name },
    yesNo,
  };
}

/** A command is obeyed at once and never waits. */
function heardFrom(
  { turn, smallTalk, intent, yesNo }: HeardSnapshot,
  playbooks: ReadonlyMap<string, Playbook>,
): Heard | null {
  const playbook = intent && playbooks.get(intent.playbook);
  if (intent && !playbook?.intents.has(intent.name)) return null;
  return {
    turn,
    command: null,
    smallTalk,
    intent: intent && playbook ? { ...intent, playbook } : null,
    yesNo,
  };
}
