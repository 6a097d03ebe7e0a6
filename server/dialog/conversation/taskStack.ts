import type { Playbook } from '../playbooks/playbook.ts';
import { Task } from './task.ts';

const MAX_PARKED = 4;

/** The open task on top, the parked ones below it, the latest first. */
export class TaskStack {
  readonly #tasks: Task[] = [];
  readonly #history: Task[] = [];
  /** Number of the latest task. */
  #count = 0;

  get open(): Task | null {
    return this.#tasks.at(-1) ?? null;
  }

  /** Every task of the call in the order in which they began. */
  get history(): readonly Task[] {
    return this.#history;
  }

  /** Opens a task; what is open is parked. A parked task of the same intent comes back instead. */
  push(playbook: Playbook, intent: string, reason = ''): Task {
    const parked = this.#tasks.findIndex((task) => task.intent === intent);
    const found = parked < 0 ? undefined : this.#tasks.splice(parked, 1)[0];
    const same = this.#tasks.findIndex((task) => task.playbook === playbook);
    if (same >= 0) this.#tasks.splice(same, 1);
    const task = found ?? new Task(++this.#count, playbook, intent, reason);
    if (!found) this.#history.push(task);
    this.#tasks.push(task);
    if (this.#tasks.length > MAX_PARKED + 1) this.#tasks.shift();
    return task;
  }

  /** The open task is over, or dropped. */
  pop(): void {
    this.#tasks.pop();
  }

  clear(): void {
    this.#tasks.length = 0;
  }

  /** The same tasks as copies; `copyOf` tells which is which. */
  copy(): { tasks: TaskStack; copyOf: (task: Task) => Task } {
    const copies = new Map(this.#history.map((task) => [task, task.copy()]));
    const copyOf = (task: Task): Task => copies.get(task) ?? task;
    const tasks = new TaskStack();
    tasks.#tasks.push(...this.#tasks.map(copyOf));
    tasks.#history.push(...copies.values());
    tasks.#count = this.#count;
    return { tasks, copyOf };
  }

  /** Becomes what a copy has become. */
  adopt(copy: TaskStack): void {
    this.#tasks.splice(0, this.#tasks.length, ...copy.#tasks);
    this.#history.splice(0, this.#history.length, ...copy.#history);
    this.#count = copy.#count;
  }
}
