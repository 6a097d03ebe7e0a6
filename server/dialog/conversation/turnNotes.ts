import type { CallContext } from './callContext.ts';
import type { Heard } from './hearing.ts';
import type { Filled } from './slotFilling.ts';
import type { Task } from './task.ts';

/** What a turn was understood as. */
export function noteUnderstood({ notes }: CallContext, heard: Heard): void {
  const { command, smallTalk, intent, turn } = heard;
  const name = command ? `command.${command}` : smallTalk ? `small_talk.${smallTalk}` : intent?.name;
  if (name === undefined) return;
  const sure = intent && !command && !smallTalk ? intent.sure : 'clear';
  notes.add({ kind: 'intent', data: { intent: name, sure, confidence: turn.confidence } });
}

/** What the caller told for a task. */
export function noteTold({ notes }: CallContext, task: Task, filled: readonly Filled[]): void {
  for (const { slot, value, corrected } of filled) {
    const data = {
      taskId: task.id,
      task: task.playbook.name,
      slot: slot.name,
      confirmed: value.certain,
      corrected,
    };
    notes.add({ kind: 'slot', data, ...(slot.secret ? {} : { personal: { value: value.value } }) });
  }
}

/** What the caller wishes from now on, in this contact and the next ones. */
export function notePreference({ notes }: CallContext, name: string, value: number | string | boolean): void {
  notes.add({ kind: 'preference', data: { name, source: 'caller' }, personal: { value } });
}
