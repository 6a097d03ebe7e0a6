import { aboutOf, type CallContext } from './callContext.ts';
import type { TaskStack } from './taskStack.ts';

/** What was talked about, in order, with what is known of it: for a colleague. */
export function summarise(context: CallContext, tasks: TaskStack): string {
  const { handOver, callBack, verification } = context.library.site;
  const notTheirs = [handOver, callBack, verification?.playbook];
  return tasks.history
    .filter(({ playbook }) => !notTheirs.includes(playbook.name))
    .map((task) => {
      const known = [...task.slots].flatMap(([name, { value }]) =>
        task.playbook.slots.get(name)?.secret ? [] : [`${name}: ${JSON.stringify(value)}`],
      );
      return `${aboutOf(context, task.playbook)}${known.length > 0 ? ` (${known.join(', ')})` : ''}`;
    })
    .join('; ');
}
