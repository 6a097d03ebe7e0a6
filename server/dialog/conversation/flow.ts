import type { Level } from '../../verification/level.ts';
import type { Sentence } from '../policy.ts';
import { type CallContext, scopeOf } from './callContext.ts';
import type { Draft } from './draft.ts';
import type { Drafting } from './drafting.ts';
import { openQuestion } from './opening.ts';
import { type Question, taskOf } from './question.ts';
import { knownValues } from './slotFilling.ts';
import type { ConversationState } from './state.ts';
import type { Task } from './task.ts';
import { noteProgress } from './taskNotes.ts';
import type { Outcome, TaskRunner } from './taskRunner.ts';
import type { TaskStack } from './taskStack.ts';

/** Failures in a row: the second changes the way of asking, the third brings a colleague. */
export const CHANGE_STRATEGY = 2;
export const GIVE_UP = 3;
/** More known values than these are not gone through one by one. */
const MAX_CANDIDATES = 3;

export type FlowParts = {
  context: CallContext;
  state: ConversationState;
  tasks: TaskStack;
  runner: TaskRunner;
  drafting: Drafting;
};

/** Where a conversation goes next: on with a task, back to a parked one, another way of asking, or to a colleague. */
export class Flow {
  readonly #context: CallContext;
  readonly #state: ConversationState;
  readonly #tasks: TaskStack;
  readonly #runner: TaskRunner;
  readonly #draft: Drafting;

  constructor({ context, state, tasks, runner, drafting }: FlowParts) {
    this.#context = context;
    this.#state = state;
    this.#tasks = tasks;
    this.#runner = runner;
    this.#draft = drafting;
  }

  /** Nothing was understood: ask again, then ask in another way, then bring a colleague. */
  async repair(): Promise<Draft> {
    const unheard = this.#state.heardPart?.unheard ?? [];
    if (unheard.length > 0) return this.#draft.say([], unheard, this.#state.question);
    this.#state.failures++;
    this.#decide('repair', 'not_understood');
    const question = this.#state.question;
    const patience = this.#draft.isHandingOver(taskOf(this.#state.question)) ? CHANGE_STRATEGY : GIVE_UP;
    if (this.#state.failures >= patience) {
      return this.handOver(
        'The assistant could not understand the caller.',
        this.#draft.phrase('handingOver'),
      );
    }
    if (this.#state.failures >= CHANGE_STRATEGY) return this.askDifferently(question);
    const again = question?.kind === 'slot' ? this.#draft.askSlotAgain(question) : this.#state.asking;
    return this.#draft.say(
      this.#draft.phrase('notUnderstood'),
      again.length > 0 ? again : openQuestion(this.#context),
      question,
    );
  }

  async askDifferently(question: Question | null): Promise<Draft> {
    if (question?.kind === 'slot') {
      const { task, slot } = question;
      const known = knownValues(task, slot, scopeOf(this.#context, task));
      const [candidate] = known;
      if (candidate !== undefined && known.length <= MAX_CANDIDATES) {
        task.slots.set(slot.name, { value: candidate, from: 'session', certain: false, resolved: true });
        return this.run(task, [], { keepsFailures: true });
      }
      return { ...this.#draft.say([], this.#draft.phrase('offerTyping'), question), offersHelp: true };
    }
    if (question && taskOf(question)) {
      return { ...this.#draft.say([], this.#draft.phrase('offerTypingOrYesNo'), question), offersHelp: true };
    }
    return {
      ...this.#draft.say([], this.#draft.phrase('menu', { value: this.#draft.menu() }), null),
      offersHelp: true,
    };
  }

  /** A value was wrong, or a guess: counts as a failure, though something was understood. */
  async setBack(task: Task | null, said: Sentence[]): Promise<Draft> {
    this.#state.failures++;
    if (this.#state.failures >= GIVE_UP) {
      return this.handOver('What the caller said could not be found.', [
        ...said,
        ...this.#draft.phrase('handingOver'),
      ]);
    }
    if (!task) {
      if (this.#state.failures < CHANGE_STRATEGY)
        return this.#draft.splitLast([...said, ...this.#draft.phrase('declined')]);
      return this.askDifferently(null);
    }
    return this.run(task, said, { keepsFailures: true, asksAgain: true });
  }

  /** Goes on with a task: says what is to be said, asks what is to be asked. */
  async run(
    task: Task,
    said: Sentence[],
    options: { keepsFailures?: boolean; asksAgain?: boolean } = {},
  ): Promise<Draft> {
    const failuresBefore = this.#state.failures;
    const outcome = await this.#runner.run(task, options.asksAgain);
    const sentences = [...said, ...outcome.sentences];
    this.#state.failures = outcome.setback ? failuresBefore + 1 : options.keepsFailures ? failuresBefore : 0;
    this.#state.retries = outcome.question?.kind === 'retry' ? this.#state.retries + 1 : 0;
    if (outcome.end === 'handOver') return this.handOver(outcome.reason, sentences, task);
    if (outcome.end === 'verify') return this.#verify(outcome.needs, sentences);
    if (outcome.end === 'done') {
      if (this.#tasks.open === task) this.#tasks.pop(outcome.needsSignIn ? 'needsSignIn' : 'done');
      const waiting = this.#tasks.open;
      if (waiting && task.playbook.name === this.#context.library.site.verification?.playbook) {
        return this.run(waiting, sentences);
      }
      return this.afterTask(sentences, task.intent);
    }
    if (this.#state.failures >= GIVE_UP || this.#state.retries > 1) {
      const why =
        this.#state.retries > 1
          ? 'A system behind the assistant does not answer.'
          : 'What the caller said could not be found.';
      return this.handOver(why, [...sentences, ...this.#draft.phrase('handingOver')]);
    }
    return this.#waitFor(task, outcome, sentences);
  }

  /** The task waits while the caller proves who they are, and goes on by itself then. */
  async #verify(needs: Level, said: Sentence[]): Promise<Draft> {
    const { library, session } = this.#context;
    const playbook = library.playbooks.get(library.site.verification?.playbook ?? '');
    if (!playbook) throw new TypeError('A site that verifies has a playbook for it.');
    session.verifier?.need(needs);
    return this.run(this.#tasks.push(playbook, [...playbook.intents.keys()][0] ?? ''), said);
  }

  #waitFor(task: Task, { question, asking }: Outcome, sentences: Sentence[]): Draft {
    noteProgress(this.#context, task, question);
    const offersHelp = this.#state.failures >= CHANGE_STRATEGY;
    const otherWay = offersHelp && question?.kind === 'slot';
    const words = otherWay ? this.#draft.phrase('offerTyping') : asking;
    return { ...this.#draft.say(sentences, words, question), intent: task.intent, offersHelp };
  }

  /** A task is over: back to the parked one, or on to something else. */
  afterTask(sentences: Sentence[], intent: string): Draft {
    const parked = this.#tasks.open;
    const question: Question = parked ? { kind: 'resume', task: parked } : { kind: 'anythingElse' };
    const asking = parked ? this.#draft.about('resume', parked) : this.#draft.phrase('anythingElse');
    return { ...this.#draft.say(sentences, asking, question), intent };
  }

  #decide(decision: string, reason: string): void {
    this.#context.notes.add({ kind: 'decision', data: { decision, reason } });
  }

  /** A colleague takes over: the site's playbook for that says how, and what is noted down before. */
  async handOver(reason: string, sentences: Sentence[], from: Task | null = null): Promise<Draft> {
    const playbook = this.#context.library.playbooks.get(this.#context.library.site.handOver);
    const already =
      this.#draft.isHandingOver(from) || this.#draft.isHandingOver(taskOf(this.#state.question));
    if (!playbook || already) {
      const said =
        from && sentences.length > 0 ? sentences : [...sentences, ...this.#draft.phrase('passingOn')];
      const why = from?.reason || reason;
      this.#context.notes.add({
        kind: 'handover',
        data: { from: 'assistant', to: 'human', reason: why },
      });
      const handoff = { reason: why, summary: this.#context.summary() };
      this.#tasks.clear('handedOver');
      this.#state.failures = 0;
      return { ...this.#draft.say(said, [], null), intent: from?.intent ?? null, follow: 'handoff', handoff };
    }
    this.#decide('call_human', reason);
    const task = this.#tasks.push(playbook, [...playbook.intents.keys()][0] ?? '', reason);
    return this.run(task, sentences);
  }
}
