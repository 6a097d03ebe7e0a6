import type { JsonObject } from '../../../shared/json.ts';
import type { UnfinishedTask } from '../../context/memory/memory.ts';
import type { Expectation } from '../../turns/expectation.ts';
import type { OpeningRule, Playbook, SlotPlan, Wording } from '../playbooks/playbook.ts';
import type { SlotType } from '../understanding/slot.ts';
import type { Heard } from './hearing.ts';
import type { Task } from './task.ts';

/** What the assistant has asked and waits for. */
export type Question =
  /** A slot's value. */
  | { kind: 'slot'; task: Task; slot: SlotPlan }
  /** Whether a doubtful value is the right one. */
  | { kind: 'value'; task: Task; slot: SlotPlan }
  /** Whether to do what was just re-read; `stepId` and `inputs` say what exactly. */
  | {
      kind: 'confirm';
      task: Task;
      stepId: string;
      inputs: string;
      slots: readonly SlotPlan[];
      no: Wording | null;
    }
  /** What should be changed, after a plain no. */
  | { kind: 'change'; task: Task; slots: readonly SlotPlan[] }
  /** Whether it is about what the session suggests. */
  | {
      kind: 'suggestion';
      playbook: Playbook;
      rule: OpeningRule;
      fill: JsonObject;
      /** The same matter was left unfinished in an earlier contact. */
      unfinished?: UnfinishedTask;
    }
  /** Whether to finish what an earlier contact began; `instead`: what the caller said, to begin anew after a no. */
  | { kind: 'finish'; unfinished: UnfinishedTask; playbook: Playbook; instead: Heard | null }
  /** Whether an intent was understood rightly. */
  | { kind: 'intent'; understood: Heard }
  /** Whether to go on with the parked task. */
  | { kind: 'resume'; task: Task }
  /** Whether to try again what failed. */
  | { kind: 'retry'; task: Task }
  /** Whether to get a colleague. */
  | { kind: 'human'; reason: string }
  | { kind: 'anythingElse' };

/** The task that a question belongs to, if it does. */
export function taskOf(question: Question | null): Task | null {
  return question && 'task' in question && question.kind !== 'resume' ? question.task : null;
}

/** The same question about other tasks: a copy's. */
export function onTasks(question: Question | null, other: (task: Task) => Task): Question | null {
  return question && 'task' in question ? { ...question, task: other(question.task) } : question;
}

const EXPECTS: Readonly<Record<SlotType, Expectation>> = {
  number: 'digits',
  amount: 'digits',
  date: 'date',
  email: 'email',
  yesNo: 'yesNo',
  choice: 'choice',
  address: 'address',
  text: 'open',
};

/** What turn-taking should expect after a question. */
export function expectationOf(question: Question | null): Expectation {
  if (question === null || question.kind === 'anythingElse' || question.kind === 'change') return 'open';
  return question.kind === 'slot' ? EXPECTS[question.slot.type] : 'yesNo';
}

/** True for questions that a yes or a no answers. */
export function isYesNo(question: Question): boolean {
  return question.kind === 'slot' ? question.slot.type === 'yesNo' : question.kind !== 'change';
}
