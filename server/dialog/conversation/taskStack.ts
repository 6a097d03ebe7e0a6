import { newId } from '../../../shared/ids.ts';
import type { Playbook } from '../playbooks/playbook.ts';
import type { ConversationSnapshot } from './snapshot.ts';
import { digest, Task } from './task.ts';

const MAX_PARKED = 4;

/** How a task leaves the stack. */
export type TaskEnd =
  /** It is settled. */
  | 'done'
  /** The caller does not want it any more. */
  | 'declined'
  /** A colleague does the rest. */
  | 'handedOver'
  /** It can go on in another contact: somebody has to sign in first, or a system has to work again. */
  | 'needsSignIn'
  | 'systemFailed';

export type TaskChange = 'begun' | 'parked' | 'resumed' | TaskEnd;

/** The open task on top, the parked ones below it, the latest first. */
export class TaskStack {
  readonly #tasks: Task[] = [];
  readonly #history: Task[] = [];
  /**
   * The nth task of a conversation has the same id when its turn is answered anew, because the server that answered it
   * is gone: so what that one did is not done twice.
   */
  #ids = { seed: newId('task'), count: 0 };
  #tell: (change: TaskChange, task: Task) => void = () => {};

  /** Who is told what becomes of tasks. */
  listen(tell: (change: TaskChange, task: Task) => void): void {
    this.#tell = tell;
  }

  get open(): Task | null {
    return this.#tasks.at(-1) ?? null;
  }

  /** Whether a task of this playbook is open or parked. */
  has(playbook: Playbook): boolean {
    return this.#tasks.some((task) => task.playbook === playbook);
  }

  /** Every task of the call in the order in which they began. */
  get history(): readonly Task[] {
    return this.#history;
  }

  /** Opens a task; what is open is parked. A parked task of the same intent comes back instead. */
  push(playbook: Playbook, intent: string, reason = ''): Task {
    const parked = this.#tasks.find((task) => task.intent === intent);
    if (parked) return this.#open(parked, 'resumed');
    return this.#open(new Task(playbook, intent, reason, this.#nextId()), 'begun');
  }

  /** Opens a task from an earlier contact. */
  resume(task: Task): Task {
    return this.#open(task, 'resumed');
  }

  /** The open task is over, or leaves this contact. */
  pop(end: TaskEnd): void {
    const task = this.#tasks.pop();
    if (task) this.#tell(end, task);
  }

  clear(end: TaskEnd): void {
    while (this.#tasks.length > 0) this.pop(end);
  }

  /** The same tasks as copies; `copyOf` tells which is which. */
  copy(): { tasks: TaskStack; copyOf: (task: Task) => Task } {
    const copies = new Map(this.#history.map((task) => [task, task.copy()]));
    const copyOf = (task: Task): Task => copies.get(task) ?? task;
    const tasks = new TaskStack();
    tasks.#tasks.push(...this.#tasks.map(copyOf));
    tasks.#history.push(...copies.values());
    tasks.#ids = { ...this.#ids };
    return { tasks, copyOf };
  }

  snapshot(): Pick<ConversationSnapshot, 'taskIds' | 'tasks' | 'stack'> {
    return {
      taskIds: { ...this.#ids },
      tasks: this.#history.map((task) => task.snapshot()),
      stack: this.#tasks.map((task) => this.#history.indexOf(task)),
    };
  }

  /** The same tasks in another process; `taskAt` finds one by its place. What has no playbook any more is left out. */
  static restore(
    { taskIds, tasks: kept, stack }: Pick<ConversationSnapshot, 'taskIds' | 'tasks' | 'stack'>,
    playbooks: ReadonlyMap<string, Playbook>,
  ): { tasks: TaskStack; taskAt: (place: number) => Task | null } {
    const restored = kept.map((snapshot) => {
      const playbook = playbooks.get(snapshot.playbook);
      return playbook ? Task.fromSnapshot(snapshot, playbook) : null;
    });
    const taskAt = (place: number): Task | null => restored[place] ?? null;
    const tasks = new TaskStack();
    tasks.#ids = { ...taskIds };
    tasks.#history.push(...restored.filter((task) => task !== null));
    tasks.#tasks.push(...stack.map(taskAt).filter((task) => task !== null));
    return { tasks, taskAt };
  }

  /** Becomes what a copy has become. */
  adopt(copy: TaskStack): void {
    this.#tasks.splice(0, this.#tasks.length, ...copy.#tasks);
    this.#history.splice(0, this.#history.length, ...copy.#history);
    this.#ids = { ...copy.#ids };
  }

  #nextId(): string {
    this.#ids.count += 1;
    return `task_${digest([this.#ids.seed, String(this.#ids.count)]).slice(0, 32)}`;
  }

  #open(task: Task, how: 'begun' | 'resumed'): Task {
    const before = this.open;
    // One task a playbook: the one that is opened now.
    for (const other of this.#tasks.filter(({ playbook }) => playbook === task.playbook)) {
      this.#tasks.splice(this.#tasks.indexOf(other), 1);
      if (other !== task) this.#tell('declined', other);
    }
    if (before && this.open === before) this.#tell('parked', before);
    if (!this.#history.includes(task)) this.#history.push(task);
    this.#tasks.push(task);
    if (this.#tasks.length > MAX_PARKED + 1) this.#tasks.shift();
    this.#tell(how, task);
    return task;
  }
}
