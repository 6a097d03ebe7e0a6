import type { JsonObject } from '../../../shared/json.ts';
import { VERIFICATION_OPERATIONS } from '../../verification/verifier.ts';
import { stillGoesOn } from '../continuity.ts';
import type { CallStep } from '../playbooks/playbook.ts';
import type { CallContext } from './callContext.ts';
import { type ConnectorAnswer, callConnector } from './connectorCall.ts';
import { digest, type Task } from './task.ts';

/** The same change by the same person from two contacts at once, within this time, is one change. */
const SAME_CHANGE_MS = 10 * 60_000;

/** What a task asks of a customer's system. */
export type SystemRequest = {
  task: Task;
  step: CallStep;
  args: JsonObject;
  /** Operation and arguments, as one text. */
  inputs: string;
};

/** Looks up, or changes once; either way it is written down. Never rejects. */
export async function askSystem(context: CallContext, request: SystemRequest): Promise<ConnectorAnswer> {
  const { connector, clock, signal, session } = context;
  const { step, args } = request;
  const options = { clock, signal, onSlow: () => context.onSlow() };
  const asked = { operation: step.operation.name, args, subject: session.subject };
  if (VERIFICATION_OPERATIONS.includes(asked.operation)) {
    // Written down by the verifier itself, and never with what was said.
    return await callConnector(connector, { ...asked, idempotencyKey: keyOf(context, request) }, options);
  }
  if (step.operation.kind === 'action') {
    const idempotencyKey = keyOf(context, request);
    noteAction(context, request, idempotencyKey, 'sent');
    const answer = await callConnector(connector, { ...asked, idempotencyKey }, options);
    noteAction(context, request, idempotencyKey, answer);
    return answer;
  }
  const startedMs = clock.nowMs();
  const answer = await callConnector(connector, asked, options);
  noteLookUp(context, step, answer, clock.nowMs() - startedMs);
  return answer;
}

/**
 * The same key for the same change of the same task, in whatever contact it is tried again; and the other contact's
 * own when somebody does the same thing in two at once.
 */
function keyOf({ thread, clock }: CallContext, { task, step, inputs }: SystemRequest): string {
  const what = digest([inputs]);
  const nowMs = clock.epochMs();
  const { actions = [], contacts = [] } = thread.memory() ?? {};
  const atOnce = contacts.filter(
    (contact) => contact.contactId !== thread.contactId && stillGoesOn(contact, nowMs),
  );
  const twin = actions.find(
    (action) =>
      action.what === what &&
      nowMs - action.atMs < SAME_CHANGE_MS &&
      atOnce.some(({ contactId }) => contactId === action.contactId),
  );
  return twin?.key ?? digest([task.id, step.id, inputs]);
}

/** Told at once: a contact that breaks off in the middle of a change must leave its key behind. */
function noteAction(
  { notes }: CallContext,
  { step, args, inputs }: SystemRequest,
  key: string,
  answer: ConnectorAnswer | 'sent',
): void {
  const data: JsonObject = { operation: step.operation.name, what: digest([inputs]), key, state: 'sent' };
  const personal: JsonObject = { input: args };
  if (answer !== 'sent') {
    data.state = stateOf(answer);
    if (answer.kind === 'refused') data.reason = answer.reason;
    if (answer.kind === 'answered') personal.result = answer.told.data;
  }
  notes.add({ kind: 'action', data, personal });
  // What is only noted down is owed to the caller until it is done.
  if (data.state === 'deferred') {
    notes.add({ kind: 'promise.opened', data: { promiseId: key, what: step.operation.name, dueAtMs: null } });
  }
  notes.flush();
}

function stateOf(answer: ConnectorAnswer): 'done' | 'deferred' | 'refused' | 'failed' {
  if (answer.kind !== 'answered') return answer.kind;
  return answer.told.state === 'deferred' ? 'deferred' : 'done';
}

function noteLookUp({ notes }: CallContext, step: CallStep, answer: ConnectorAnswer, tookMs: number): void {
  const data: JsonObject = {
    operation: step.operation.name,
    ok: answer.kind !== 'failed',
    durationMs: Math.round(tookMs),
  };
  if (answer.kind === 'refused') data.refused = answer.reason;
  if (answer.kind === 'answered') data.state = answer.told.state;
  notes.add({ kind: 'lookup', data });
}
