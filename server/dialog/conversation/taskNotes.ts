import type { JsonObject } from '../../../shared/json.ts';
import type { LedgerKind } from '../../ledger/event.ts';
import type { CallContext } from './callContext.ts';
import type { Question } from './question.ts';
import type { Task } from './task.ts';
import type { TaskChange } from './taskStack.ts';

const EVENTS: Readonly<Record<TaskChange, { kind: LedgerKind; reason?: string }>> = {
  begun: { kind: 'task.begun' },
  parked: { kind: 'task.parked', reason: 'another_matter' },
  resumed: { kind: 'task.resumed' },
  done: { kind: 'task.done' },
  declined: { kind: 'task.abandoned', reason: 'declined' },
  handedOver: { kind: 'task.abandoned', reason: 'handed_over' },
  needsSignIn: { kind: 'task.parked', reason: 'needs_sign_in' },
  systemFailed: { kind: 'task.parked', reason: 'system_failed' },
};

/** A task began, went aside or came to its end. Calling a colleague, or proving who they are, is no task of the caller's. */
export function noteTask(context: CallContext, change: TaskChange, task: Task): void {
  const { kind, reason } = EVENTS[change];
  write(context, kind, task, reason === undefined ? {} : { reason });
}

/** How far a task has come: all that another contact needs to go on with it. */
export function noteProgress(context: CallContext, task: Task, question: Question | null): void {
  write(context, 'task.step', task, { pending: pendingOf(question) });
}

function write(context: CallContext, kind: LedgerKind, task: Task, more: JsonObject): void {
  const { library, clock, notes } = context;
  const { handOver, verification } = library.site;
  if ([handOver, verification?.playbook].includes(task.playbook.name)) return;
  const record = task.record(clock.epochMs());
  const data = {
    taskId: task.id,
    task: task.playbook.name,
    intent: task.intent,
    done: Object.keys(record.steps),
    ...more,
  };
  const over = kind === 'task.done' || kind === 'task.abandoned';
  notes.add({ kind, data, ...(over ? {} : { personal: { ...record } }) });
}

function pendingOf(question: Question | null): string | null {
  if (!question) return null;
  return 'slot' in question ? `${question.kind}:${question.slot.name}` : question.kind;
}
