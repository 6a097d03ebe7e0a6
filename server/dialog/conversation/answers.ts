import type { SlotPlan } from '../playbooks/playbook.ts';
import type { Sentence } from '../policy.ts';
import { answersFor, isMostlyAnswer, settle, slotNamedIn, takeOver } from './answering.ts';
import { aboutOf, type CallContext, scopeOf, valuesOf } from './callContext.ts';
import type { Draft } from './draft.ts';
import type { Drafting } from './drafting.ts';
import type { Flow, FlowParts } from './flow.ts';
import type { Heard } from './hearing.ts';
import { type Question, taskOf } from './question.ts';
import { noteDeclined, offerToFinish, restore, unfinishedOf } from './resumption.ts';
import type { ConversationState } from './state.ts';
import { Task } from './task.ts';
import type { TaskStack } from './taskStack.ts';

/** What a caller's words do: answer the open question, correct something, or begin another matter. Null: nothing of it. */
export class Answers {
  readonly #context: CallContext;
  readonly #state: ConversationState;
  readonly #tasks: TaskStack;
  readonly #draft: Drafting;
  readonly #flow: Flow;

  constructor({ context, state, tasks, drafting }: FlowParts, flow: Flow) {
    this.#context = context;
    this.#state = state;
    this.#tasks = tasks;
    this.#draft = drafting;
    this.#flow = flow;
  }

  /** The caller answers what was asked. */
  async answer(heard: Heard): Promise<Draft | null> {
    const question = this.#state.question;
    if (!question) return null;
    switch (question.kind) {
      case 'slot':
        return this.#fill(question.task, heard, question.slot);
      case 'value':
        return this.#answerValue(question, heard);
      case 'confirm':
        return this.#answerConfirm(question, heard);
      case 'change':
        return this.#answerChange(question, heard);
      case 'suggestion':
        return this.#answerSuggestion(question, heard);
      case 'finish':
        return this.#answerFinish(question, heard);
      case 'intent':
        return this.#answerIntent(question, heard);
      case 'resume':
        return this.#answerResume(question, heard);
      case 'retry':
        if (heard.yesNo === true) return this.#flow.run(question.task, []);
        return heard.yesNo === false ? this.#offerHuman(question.task) : null;
      case 'human':
        if (heard.yesNo === true) return this.#flow.handOver(question.reason, []);
        return heard.yesNo === false ? this.#leave(this.#tasks.open, heard) : null;
      case 'anythingElse':
        return this.#answerAnythingElse(heard);
    }
  }

  /** What failed is not tried again: the task is over, and a colleague can do it. */
  #offerHuman(task: Task): Draft {
    if (this.#tasks.open === task) this.#tasks.pop('systemFailed');
    const question: Question = { kind: 'human', reason: 'A system behind the assistant does not answer.' };
    return this.#draft.say(this.#draft.phrase('ofCourse'), this.#draft.phrase('offerHuman'), question);
  }

  async #answerValue(question: Question & { kind: 'value' }, heard: Heard): Promise<Draft | null> {
    const { task, slot } = question;
    const held = JSON.stringify(task.slots.get(slot.name)?.value);
    const filled = answersFor(this.#context, task, heard, slot);
    const again = filled.find((one) => one.slot === slot);
    const other = again !== undefined && JSON.stringify(again.value.value) !== held;
    if (other && slot.type !== 'yesNo') {
      task.reject(slot.name);
      return this.#flow.run(task, takeOver(this.#context, task, filled));
    }
    if (heard.yesNo === true || (again && heard.yesNo === null)) {
      settle(this.#context, task, slot);
      return this.#flow.run(task, []);
    }
    if (heard.yesNo === null) return null;
    task.reject(slot.name);
    this.#context.memory.delete(slot.name);
    return this.#flow.setBack(task, this.#draft.phrase('whichThen'));
  }

  async #answerConfirm(question: Question & { kind: 'confirm' }, heard: Heard): Promise<Draft | null> {
    const { task, slots } = question;
    const changed = answersFor(this.#context, task, heard, null).filter(({ corrected }) => corrected);
    if (changed.length > 0) return this.#flow.run(task, takeOver(this.#context, task, changed));
    if (heard.yesNo === true) {
      task.complete(question.stepId, question.inputs, true, this.#context.clock.epochMs());
      return this.#flow.run(task, []);
    }
    if (heard.yesNo === null) return null;
    if (heard.intent?.sure === 'clear' && heard.intent.playbook !== task.playbook) {
      this.#tasks.pop('declined');
      return this.takeUp(heard, this.#draft.phrase('ofCourse'));
    }
    if (question.no || slots.length === 0) {
      const scope = scopeOf(this.#context, task);
      const said = question.no
        ? this.#context.speaker.say(question.no, valuesOf(this.#context, task.playbook, task, scope))
        : this.#draft.about('dropped', task);
      this.#tasks.pop('declined');
      return this.#flow.afterTask(said, task.intent);
    }
    const [only] = slots;
    if (slots.length > 1 || !only) {
      return {
        ...this.#draft.say([], this.#draft.phrase('whatToChange'), { kind: 'change', task, slots }),
        intent: task.intent,
      };
    }
    task.reject(only.name);
    this.#context.memory.delete(only.name);
    return this.#flow.run(task, this.#draft.phrase('ofCourse'));
  }

  async #answerChange(question: Question & { kind: 'change' }, heard: Heard): Promise<Draft | null> {
    const { task, slots } = question;
    const changed = answersFor(this.#context, task, heard, null).filter(({ slot }) => slots.includes(slot));
    if (changed.length > 0) return this.#flow.run(task, takeOver(this.#context, task, changed));
    const named = slotNamedIn(this.#context, slots, heard.turn.text);
    if (!named) return null;
    task.reject(named.name);
    this.#context.memory.delete(named.name);
    return this.#flow.run(task, this.#draft.phrase('ofCourse'));
  }

  async #answerSuggestion(question: Question & { kind: 'suggestion' }, heard: Heard): Promise<Draft | null> {
    const { playbook, rule, fill, unfinished } = question;
    const clear = heard.intent?.sure === 'clear' ? heard.intent : null;
    const elsewhere = clear !== null && clear.playbook !== playbook;
    if (heard.yesNo === false) {
      if (unfinished) noteDeclined(this.#context, unfinished);
      if (clear && clear.name !== rule.intent) return this.takeUp(heard, this.#draft.phrase('ofCourse'));
      if (this.#tasks.open) return this.#flow.run(this.#tasks.open, this.#draft.phrase('ofCourse'));
      return this.#draft.splitLast(this.#draft.phrase('declined'));
    }
    if (elsewhere || (heard.yesNo === null && !heard.intent)) return null;
    if (heard.yesNo === null && heard.intent?.playbook !== playbook) return null;
    const intent = clear?.name ?? rule.intent;
    const task =
      unfinished?.intent === intent
        ? this.#tasks.resume(restore(this.#context, { unfinished, playbook }))
        : this.#tasks.push(playbook, intent);
    for (const [name, value] of Object.entries(fill)) {
      if (value !== null && !task.slots.has(name))
        task.slots.set(name, { value, from: 'caller', certain: true, resolved: false });
    }
    takeOver(this.#context, task, answersFor(this.#context, task, heard, null));
    return this.#flow.run(task, []);
  }

  /** "Shall we finish that?" */
  async #answerFinish(question: Question & { kind: 'finish' }, heard: Heard): Promise<Draft | null> {
    const { playbook, unfinished, instead } = question;
    const clear = heard.intent?.sure === 'clear' ? heard.intent : null;
    const elsewhere = clear !== null && clear.playbook !== playbook;
    if (heard.yesNo === false || (elsewhere && heard.yesNo === null)) {
      noteDeclined(this.#context, unfinished);
      if (elsewhere) return this.takeUp(heard, heard.yesNo === false ? this.#draft.phrase('ofCourse') : []);
      if (instead?.intent) return this.#beginAnew(instead, this.#draft.phrase('ofCourse'));
      return this.#draft.splitLast(this.#draft.phrase('declined'));
    }
    const task = restore(this.#context, { unfinished, playbook });
    const filled = answersFor(this.#context, task, heard, null);
    if (heard.yesNo === null && clear === null && filled.length === 0) return null;
    this.#tasks.resume(task);
    const changed = takeOver(this.#context, task, filled);
    return this.#flow.run(task, [...this.#draft.about('resumed', task), ...changed]);
  }

  async #answerIntent(question: Question & { kind: 'intent' }, heard: Heard): Promise<Draft | null> {
    if (heard.intent?.sure === 'clear') return null;
    if (heard.yesNo === false) return this.#flow.setBack(null, this.#draft.phrase('whichThen'));
    if (heard.yesNo === null) return null;
    const { understood } = question;
    if (!understood.intent) return null;
    const intent = { ...understood.intent, sure: 'clear' as const, aside: true, faint: false };
    return this.takeUp({ ...understood, intent });
  }

  async #answerResume(question: Question & { kind: 'resume' }, heard: Heard): Promise<Draft | null> {
    const { task } = question;
    if (heard.yesNo === false) return heard.intent?.sure === 'clear' ? null : this.#leave(task, heard);
    const filled = answersFor(this.#context, task, heard, null);
    if (heard.yesNo === null && filled.length === 0) return null;
    takeOver(this.#context, task, filled);
    return this.#flow.run(task, this.#draft.about('resumed', task));
  }

  async #answerAnythingElse(heard: Heard): Promise<Draft | null> {
    if (heard.intent?.sure === 'clear' || heard.smallTalk || heard.yesNo === null) return null;
    if (heard.yesNo) return this.#draft.splitLast(this.#draft.phrase('whatIsIt'));
    return { ...this.#draft.say(this.#draft.phrase('goodbye'), [], null), follow: 'hangUp' };
  }

  /** "Actually Friday", "no, the blue one": in passing, whatever was asked. */
  async correct(heard: Heard): Promise<Draft | null> {
    const task = taskOf(this.#state.question);
    return task && this.#fill(task, heard, null);
  }

  async #fill(task: Task, heard: Heard, asked: SlotPlan | null): Promise<Draft | null> {
    const filled = answersFor(this.#context, task, heard, asked);
    if (filled.length === 0) return null;
    return this.#flow.run(task, takeOver(this.#context, task, filled));
  }

  /** A new matter: what is open is parked. */
  async takeUp(heard: Heard, before: Sentence[] = []): Promise<Draft | null> {
    const { site } = this.#context.library;
    const talk = heard.smallTalk === null ? undefined : site.smallTalk.get(heard.smallTalk);
    if (talk) {
      const scope = scopeOf(this.#context);
      const said = this.#context.speaker.say(talk.say, valuesOf(this.#context, null, null, scope));
      return {
        ...this.#draft.say([...before, ...said], this.#state.asking, this.#state.question),
        intent: `small_talk.${heard.smallTalk}`,
      };
    }
    if (!heard.intent) return null;
    const { name, playbook, sure, aside } = heard.intent;
    const busyWith = taskOf(this.#state.question);
    if (sure === 'possible') {
      if (busyWith || this.#state.failures > 0) return null;
      const asking = this.#draft.phrase('isItAbout', { about: aboutOf(this.#context, playbook) });
      return { ...this.#draft.say(before, asking, { kind: 'intent', understood: heard }), intent: null };
    }
    if (busyWith && (busyWith.intent === name || !aside)) return null;
    const left = this.#tasks.has(playbook) ? null : unfinishedOf(this.#context, playbook);
    if (left?.unfinished.intent === name) {
      const { sentences, question } = offerToFinish(this.#context, left);
      return { ...this.#draft.say(before, sentences, { ...question, instead: heard }), intent: name };
    }
    return this.#beginAnew(heard, before);
  }

  async #beginAnew(heard: Heard, before: Sentence[]): Promise<Draft | null> {
    if (!heard.intent) return null;
    const { name, playbook, faint } = heard.intent;
    const task = this.#tasks.push(playbook, name);
    takeOver(this.#context, task, answersFor(this.#context, task, heard, null));
    return this.#flow.run(task, faint ? [...before, ...this.#draft.about('soAbout', task)] : before);
  }

  /** "And one zero five one two?", when a matter is over: the same again with another value. */
  async again(heard: Heard): Promise<Draft | null> {
    const last = this.#tasks.history.at(-1);
    if (!last || this.#tasks.open) return null;
    const probe = new Task(last.playbook, last.intent);
    const filled = answersFor(this.#context, probe, heard, null);
    if (!isMostlyAnswer(filled)) return null;
    const task = this.#tasks.push(last.playbook, last.intent);
    return this.#flow.run(task, takeOver(this.#context, task, filled));
  }

  /** The caller does not want to go on with it. */
  async #leave(task: Task | null, heard: Heard): Promise<Draft> {
    if (task && this.#tasks.open === task) this.#tasks.pop('declined');
    const taken =
      heard.intent?.sure === 'clear' ? await this.takeUp(heard, this.#draft.phrase('ofCourse')) : null;
    return taken ?? this.#flow.afterTask(this.#draft.phrase('ofCourse'), task?.intent ?? '');
  }
}
