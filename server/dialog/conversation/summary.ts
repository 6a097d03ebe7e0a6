import { aboutOf, type CallContext } from './callContext.ts';
import type { TaskStack } from './taskStack.ts';

/** What was talked about, in order, with what is known of it: for a colleague. */
export function summarise(context: CallContext, tasks: TaskStack): string {
  const { handOver, callBack } = context.library.site;
  return tasks.history
    .filter(({ playbook }) => playbook.name !== handOver && playbook.name !== callBack)
    .map((task) => {
      const known = [...task.slots].map(([name, { value }]) => `${name}: ${JSON.stringify(value)}`);
      return `${aboutOf(context, task.playbook)}${known.length > 0 ? ` (${known.join(', ')})` : ''}`;
    })
    .join('; ');
}
