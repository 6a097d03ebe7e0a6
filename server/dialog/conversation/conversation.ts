import type { SpeechKey } from '../../../shared/strings/speech/keys.ts';
import type { Command } from '../playbooks/playbook.ts';
import type { CallerTurn, Conversation, Reply, Sentence } from '../policy.ts';
import { SpokenValue } from '../speaking/spokenValue.ts';
import { answersFor, settle, slotNamedIn, takeOver } from './answering.ts';
import { aboutOf, type CallContext, scopeOf, valuesOf } from './callContext.ts';
import type { Draft } from './draft.ts';
import { type HeardPart, heardPart } from './heardPart.ts';
import type { Heard, Hearing } from './hearing.ts';
import { hello, openQuestion, suggestOpening } from './opening.ts';
import { isYesNo, type Question, taskOf } from './question.ts';
import { finishReply, type Manner } from './replying.ts';
import { knownValues } from './slotFilling.ts';
import type { Task } from './task.ts';
import type { Outcome, TaskRunner } from './taskRunner.ts';
import type { TaskStack } from './taskStack.ts';

/** Failures in a row: the second changes the way of asking, the third brings a colleague. */
const CHANGE_STRATEGY = 2;
const GIVE_UP = 3;
/** Silences in a row: the second offers other ways, the third ends the call. */
const SILENCE_OFFERS = 2;
/** More known values than these are not gone through one by one. */
const MAX_CANDIDATES = 3;

export type ConversationParts = {
  context: CallContext;
  hearing: Hearing;
  tasks: TaskStack;
  runner: TaskRunner;
  close(): void;
  onTrouble(error: unknown): void;
};

/** One call's conversation. Turns are dealt with one after the other, and always answered. */
export class PlaybookConversation implements Conversation {
  readonly #parts: ConversationParts;
  readonly #context: CallContext;
  readonly #tasks: TaskStack;
  readonly #manner: Manner = { rate: 1, gain: 1 };
  readonly #waitingListeners: ((sentence: Sentence) => void)[] = [];
  #question: Question | null = null;
  #asking: Sentence[] = [];
  #lastReply: Reply | null = null;
  #heardPart: HeardPart | null = null;
  #failures = 0;
  #retries = 0;
  #eventsSeenMs: number;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#context = parts.context;
    this.#tasks = parts.tasks;
    this.#eventsSeenMs = parts.context.clock.epochMs();
  }

  greet(): Promise<Reply> {
    return this.#inTurn(async () => {
      const words = hello(this.#context);
      const opening = suggestOpening(this.#context, 'greeting');
      if (!opening) return this.#say(words, openQuestion(this.#context), null);
      return this.#say(
        [...words, ...opening.sentences.slice(0, -1)],
        opening.sentences.slice(-1),
        opening.question,
      );
    });
  }

  respond(turn: CallerTurn): Promise<Reply> {
    return this.#inTurn(async () => {
      const { today } = scopeOf(this.#context);
      const heard = await this.#parts.hearing.understand(turn, today);
      return (
        this.#askUnheardAgain(heard) ??
        (await this.#obey(heard)) ??
        (await this.#answer(heard)) ??
        (await this.#correct(heard)) ??
        (await this.#takeUp(heard)) ??
        (await this.#repair())
      );
    });
  }

  silence(count: number): Promise<Reply> {
    return this.#inTurn(async () => {
      if (count < SILENCE_OFFERS) return this.#say(this.#phrase('stillThere'), this.#asking, this.#question);
      if (count === SILENCE_OFFERS) {
        return { ...this.#say([], this.#phrase('silenceOffer'), this.#question), offersHelp: true };
      }
      return { ...this.#say(this.#phrase('silenceClose'), [], null), follow: 'hangUp' };
    });
  }

  contextChanged(): Promise<Reply | null> {
    return this.#queued(async () => {
      const since = this.#eventsSeenMs;
      const fresh = this.#context.session.events().filter(({ observedAt }) => observedAt > since);
      this.#eventsSeenMs = Math.max(since, ...fresh.map(({ observedAt }) => observedAt));
      const names = new Set(fresh.map(({ name }) => name));
      const opening = suggestOpening(this.#context, 'events', ({ on }) => on !== null && names.has(on));
      if (!opening || opening.question.playbook === this.#tasks.open?.playbook) return null;
      const { sentences, question } = opening;
      return this.#finish(this.#say(sentences.slice(0, -1), sentences.slice(-1), question));
    }).catch((error: unknown) => {
      this.#parts.onTrouble(error);
      return null;
    });
  }

  interrupted(heardText: string): void {
    if (this.#lastReply) this.#heardPart = heardPart(this.#lastReply.sentences, heardText);
  }

  onWaiting(listener: (sentence: Sentence) => void): void {
    this.#waitingListeners.push(listener);
  }

  /** A look-up takes long. */
  announceWaiting(): void {
    for (const sentence of this.#phrase('oneMoment')) {
      for (const listener of this.#waitingListeners) listener(sentence);
    }
  }

  close(): void {
    this.#waitingListeners.length = 0;
    this.#parts.close();
  }

  /** What was asked but not heard cannot have been answered by a bare yes or no. */
  #askUnheardAgain(heard: Heard): Draft | null {
    const part = this.#heardPart;
    if (!part || part.questionHeard || !this.#question || !isYesNo(this.#question)) return null;
    const bare =
      heard.yesNo !== null && heard.intent?.sure !== 'clear' && heard.turn.text.split(/\s+/u).length <= 3;
    return bare ? this.#say([], this.#asking, this.#question) : null;
  }

  /** Repeat, slower, wait, thanks, goodbye…: they work everywhere. */
  async #obey({ command, yesNo }: Heard): Promise<Draft | null> {
    if (!command) return null;
    const aboutSpeaking: readonly Command[] = ['repeat', 'slower', 'faster', 'louder', 'wait'];
    const answers = this.#question !== null && isYesNo(this.#question) && yesNo !== null;
    if (answers && !aboutSpeaking.includes(command)) return null;
    const intent = `command.${command}`;
    const question = this.#question;
    const asking = this.#asking;
    switch (command) {
      case 'repeat':
        return { ...this.#say([], this.#toRepeat(), question), intent };
      case 'slower':
      case 'faster': {
        const change = command === 'slower' ? -0.15 : 0.15;
        this.#manner.rate = Math.min(1.3, Math.max(0.7, this.#manner.rate + change));
        return { ...this.#say(this.#phrase(command), this.#toRepeat(), question), intent };
      }
      case 'louder':
        this.#manner.gain = Math.min(2, this.#manner.gain + 0.4);
        return { ...this.#say(this.#phrase('louder'), this.#toRepeat(), question), intent };
      case 'wait':
        return { ...this.#say(this.#phrase('takeYourTime'), [], question), asking: [], intent };
      case 'thanks':
        return {
          ...this.#say(this.#phrase('welcome'), question?.kind === 'anythingElse' ? [] : asking, question),
          intent,
        };
      case 'bye':
        return { ...this.#say(this.#phrase('goodbye'), [], null), intent, follow: 'hangUp' };
      case 'other':
        if (taskOf(question)) this.#tasks.pop();
        return { ...this.#splitLast(this.#phrase('declined')), intent };
      case 'unsure':
        if (question?.kind !== 'slot') return null;
        // Asking the same again would not help: on to another way at once.
        this.#failures = Math.max(this.#failures + 1, CHANGE_STRATEGY);
        return this.#failures < GIVE_UP ? { ...(await this.#askDifferently(question)), intent } : null;
      case 'help':
        return { ...this.#say([], this.#phrase('help', { value: this.#menu() }), null), intent };
    }
  }

  /** The caller answers what was asked. */
  async #answer(heard: Heard): Promise<Draft | null> {
    const question = this.#question;
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
      case 'intent':
        return this.#answerIntent(question, heard);
      case 'resume':
        return this.#answerResume(question, heard);
      case 'retry':
        if (heard.yesNo === true) return this.#run(question.task, []);
        return heard.yesNo === false ? this.#leave(question.task, heard) : null;
      case 'human':
        if (heard.yesNo === true) return this.#handOver(question.reason, []);
        return heard.yesNo === false ? this.#leave(this.#tasks.open, heard) : null;
      case 'anythingElse':
        return this.#answerAnythingElse(heard);
    }
  }

  async #answerValue(question: Question & { kind: 'value' }, heard: Heard): Promise<Draft | null> {
    const { task, slot } = question;
    const held = JSON.stringify(task.slots.get(slot.name)?.value);
    const filled = answersFor(this.#context, task, heard, slot);
    const again = filled.find((one) => one.slot === slot);
    const other = again !== undefined && JSON.stringify(again.value.value) !== held;
    if (other && slot.type !== 'yesNo') {
      task.reject(slot.name);
      return this.#run(task, takeOver(this.#context, task, filled));
    }
    if (heard.yesNo === true || (again && heard.yesNo === null)) {
      settle(this.#context, task, slot);
      return this.#run(task, []);
    }
    if (heard.yesNo === null) return null;
    task.reject(slot.name);
    this.#context.memory.delete(slot.name);
    return this.#setBack(task, this.#phrase('whichThen'));
  }

  async #answerConfirm(question: Question & { kind: 'confirm' }, heard: Heard): Promise<Draft | null> {
    const { task, slots } = question;
    const changed = answersFor(this.#context, task, heard, null).filter(({ corrected }) => corrected);
    if (changed.length > 0) return this.#run(task, takeOver(this.#context, task, changed));
    if (heard.yesNo === true) {
      task.complete(question.stepId, question.inputs, true);
      return this.#run(task, []);
    }
    if (heard.yesNo === null) return null;
    if (heard.intent?.sure === 'clear' && heard.intent.playbook !== task.playbook) {
      this.#tasks.pop();
      return this.#takeUp(heard, this.#phrase('ofCourse'));
    }
    if (question.no || slots.length === 0) {
      const scope = scopeOf(this.#context, task);
      const said = question.no
        ? this.#context.speaker.say(question.no, valuesOf(this.#context, task.playbook, task, scope))
        : this.#about('dropped', task);
      this.#tasks.pop();
      return this.#afterTask(said, task.intent);
    }
    const [only] = slots;
    if (slots.length > 1 || !only) {
      return {
        ...this.#say([], this.#phrase('whatToChange'), { kind: 'change', task, slots }),
        intent: task.intent,
      };
    }
    task.reject(only.name);
    this.#context.memory.delete(only.name);
    return this.#run(task, this.#phrase('ofCourse'));
  }

  async #answerChange(question: Question & { kind: 'change' }, heard: Heard): Promise<Draft | null> {
    const { task, slots } = question;
    const changed = answersFor(this.#context, task, heard, null).filter(({ slot }) => slots.includes(slot));
    if (changed.length > 0) return this.#run(task, takeOver(this.#context, task, changed));
    const named = slotNamedIn(this.#context, slots, heard.turn.text);
    if (!named) return null;
    task.reject(named.name);
    this.#context.memory.delete(named.name);
    return this.#run(task, this.#phrase('ofCourse'));
  }

  async #answerSuggestion(question: Question & { kind: 'suggestion' }, heard: Heard): Promise<Draft | null> {
    const { playbook, rule, fill } = question;
    const clear = heard.intent?.sure === 'clear' ? heard.intent : null;
    const elsewhere = clear !== null && clear.playbook !== playbook;
    if (heard.yesNo === false) {
      if (clear && clear.name !== rule.intent) return this.#takeUp(heard, this.#phrase('ofCourse'));
      if (this.#tasks.open) return this.#run(this.#tasks.open, this.#phrase('ofCourse'));
      return this.#splitLast(this.#phrase('declined'));
    }
    if (elsewhere || (heard.yesNo === null && !heard.intent)) return null;
    if (heard.yesNo === null && heard.intent?.playbook !== playbook) return null;
    const task = this.#tasks.push(playbook, clear?.name ?? rule.intent);
    for (const [name, value] of Object.entries(fill)) {
      if (value !== null) task.slots.set(name, { value, from: 'caller', certain: true, resolved: false });
    }
    takeOver(this.#context, task, answersFor(this.#context, task, heard, null));
    return this.#run(task, []);
  }

  async #answerIntent(question: Question & { kind: 'intent' }, heard: Heard): Promise<Draft | null> {
    if (heard.intent?.sure === 'clear') return null;
    if (heard.yesNo === false) return this.#setBack(null, this.#phrase('whichThen'));
    if (heard.yesNo === null) return null;
    const { understood } = question;
    if (!understood.intent) return null;
    const intent = { ...understood.intent, sure: 'clear' as const, aside: true, faint: false };
    return this.#takeUp({ ...understood, intent });
  }

  async #answerResume(question: Question & { kind: 'resume' }, heard: Heard): Promise<Draft | null> {
    const { task } = question;
    if (heard.yesNo === false) return heard.intent?.sure === 'clear' ? null : this.#leave(task, heard);
    const filled = answersFor(this.#context, task, heard, null);
    if (heard.yesNo === null && filled.length === 0) return null;
    takeOver(this.#context, task, filled);
    return this.#run(task, this.#about('resumed', task));
  }

  async #answerAnythingElse(heard: Heard): Promise<Draft | null> {
    if (heard.intent?.sure === 'clear' || heard.smallTalk || heard.yesNo === null) return null;
    if (heard.yesNo) return this.#splitLast(this.#phrase('whatIsIt'));
    return { ...this.#say(this.#phrase('goodbye'), [], null), follow: 'hangUp' };
  }

  /** "Actually Friday", "no, the blue one": in passing, whatever was asked. */
  async #correct(heard: Heard): Promise<Draft | null> {
    const task = taskOf(this.#question);
    return task && this.#fill(task, heard, null);
  }

  async #fill(task: Task, heard: Heard, asked: Parameters<typeof answersFor>[3]): Promise<Draft | null> {
    const filled = answersFor(this.#context, task, heard, asked);
    if (filled.length === 0) return null;
    return this.#run(task, takeOver(this.#context, task, filled));
  }

  /** A new matter: what is open is parked. */
  async #takeUp(heard: Heard, before: Sentence[] = []): Promise<Draft | null> {
    const { site } = this.#context.library;
    const talk = heard.smallTalk === null ? undefined : site.smallTalk.get(heard.smallTalk);
    if (talk) {
      const scope = scopeOf(this.#context);
      const said = this.#context.speaker.say(talk.say, valuesOf(this.#context, null, null, scope));
      return {
        ...this.#say([...before, ...said], this.#asking, this.#question),
        intent: `small_talk.${heard.smallTalk}`,
      };
    }
    if (!heard.intent) return null;
    const { name, playbook, sure, faint, aside } = heard.intent;
    const busyWith = taskOf(this.#question);
    if (sure === 'possible') {
      if (busyWith || this.#failures > 0) return null;
      const asking = this.#phrase('isItAbout', { about: aboutOf(this.#context, playbook) });
      return { ...this.#say(before, asking, { kind: 'intent', understood: heard }), intent: null };
    }
    if (busyWith && (busyWith.intent === name || !aside)) return null;
    const task = this.#tasks.push(playbook, name);
    takeOver(this.#context, task, answersFor(this.#context, task, heard, null));
    return this.#run(task, faint ? [...before, ...this.#about('soAbout', task)] : before);
  }

  /** Nothing was understood: ask again, then ask in another way, then bring a colleague. */
  async #repair(): Promise<Draft> {
    const unheard = this.#heardPart?.unheard ?? [];
    if (unheard.length > 0) return this.#say([], unheard, this.#question);
    this.#failures++;
    const question = this.#question;
    const patience = this.#isHandingOver(taskOf(this.#question)) ? CHANGE_STRATEGY : GIVE_UP;
    if (this.#failures >= patience) {
      return this.#handOver('The assistant could not understand the caller.', this.#phrase('handingOver'));
    }
    if (this.#failures >= CHANGE_STRATEGY) return this.#askDifferently(question);
    const again = question?.kind === 'slot' ? this.#askSlotAgain(question) : this.#asking;
    return this.#say(
      this.#phrase('notUnderstood'),
      again.length > 0 ? again : openQuestion(this.#context),
      question,
    );
  }

  async #askDifferently(question: Question | null): Promise<Draft> {
    if (question?.kind === 'slot') {
      const { task, slot } = question;
      const known = knownValues(task, slot, scopeOf(this.#context, task));
      const [candidate] = known;
      if (candidate !== undefined && known.length <= MAX_CANDIDATES) {
        task.slots.set(slot.name, { value: candidate, from: 'session', certain: false, resolved: true });
        return this.#run(task, [], { keepsFailures: true });
      }
      return { ...this.#say([], this.#phrase('offerTyping'), question), offersHelp: true };
    }
    if (question && taskOf(question)) {
      return { ...this.#say([], this.#phrase('offerTypingOrYesNo'), question), offersHelp: true };
    }
    return { ...this.#say([], this.#phrase('menu', { value: this.#menu() }), null), offersHelp: true };
  }

  /** A value was wrong, or a guess: counts as a failure, though something was understood. */
  async #setBack(task: Task | null, said: Sentence[]): Promise<Draft> {
    this.#failures++;
    if (this.#failures >= GIVE_UP) {
      return this.#handOver('What the caller said could not be found.', [
        ...said,
        ...this.#phrase('handingOver'),
      ]);
    }
    if (!task) {
      if (this.#failures < CHANGE_STRATEGY) return this.#splitLast([...said, ...this.#phrase('declined')]);
      return this.#askDifferently(null);
    }
    return this.#run(task, said, { keepsFailures: true, asksAgain: true });
  }

  /** Goes on with a task: says what is to be said, asks what is to be asked. */
  async #run(
    task: Task,
    said: Sentence[],
    options: { keepsFailures?: boolean; asksAgain?: boolean } = {},
  ): Promise<Draft> {
    const failuresBefore = this.#failures;
    const outcome = await this.#parts.runner.run(task, options.asksAgain);
    const sentences = [...said, ...outcome.sentences];
    this.#failures = outcome.setback ? failuresBefore + 1 : options.keepsFailures ? failuresBefore : 0;
    this.#retries = outcome.question?.kind === 'retry' ? this.#retries + 1 : 0;
    if (outcome.end === 'handOver') return this.#handOver(outcome.reason, sentences, task);
    if (outcome.end === 'done') {
      if (this.#tasks.open === task) this.#tasks.pop();
      return this.#afterTask(sentences, task.intent);
    }
    if (this.#failures >= GIVE_UP || this.#retries > 1) {
      const why =
        this.#retries > 1
          ? 'A system behind the assistant does not answer.'
          : 'What the caller said could not be found.';
      return this.#handOver(why, [...sentences, ...this.#phrase('handingOver')]);
    }
    return this.#waitFor(task, outcome, sentences);
  }

  #waitFor(task: Task, { question, asking }: Outcome, sentences: Sentence[]): Draft {
    const offersHelp = this.#failures >= CHANGE_STRATEGY;
    const otherWay = offersHelp && question?.kind === 'slot';
    const words = otherWay ? this.#phrase('offerTyping') : asking;
    return { ...this.#say(sentences, words, question), intent: task.intent, offersHelp };
  }

  /** A task is over: back to the parked one, or on to something else. */
  #afterTask(sentences: Sentence[], intent: string): Draft {
    const parked = this.#tasks.open;
    const question: Question = parked ? { kind: 'resume', task: parked } : { kind: 'anythingElse' };
    const asking = parked ? this.#about('resume', parked) : this.#phrase('anythingElse');
    return { ...this.#say(sentences, asking, question), intent };
  }

  /** The caller does not want to go on with it. */
  async #leave(task: Task | null, heard: Heard): Promise<Draft> {
    if (task && this.#tasks.open === task) this.#tasks.pop();
    const taken = heard.intent?.sure === 'clear' ? await this.#takeUp(heard, this.#phrase('ofCourse')) : null;
    return taken ?? this.#afterTask(this.#phrase('ofCourse'), task?.intent ?? '');
  }

  /** A colleague takes over: the site's playbook for that says how, and what is noted down before. */
  async #handOver(reason: string, sentences: Sentence[], from: Task | null = null): Promise<Draft> {
    const playbook = this.#context.library.playbooks.get(this.#context.library.site.handOver);
    const already = this.#isHandingOver(from) || this.#isHandingOver(taskOf(this.#question));
    if (!playbook || already) {
      const said = from && sentences.length > 0 ? sentences : [...sentences, ...this.#phrase('passingOn')];
      const handoff = { reason: from?.reason || reason, summary: this.#context.summary() };
      this.#tasks.clear();
      this.#failures = 0;
      return { ...this.#say(said, [], null), intent: from?.intent ?? null, follow: 'handoff', handoff };
    }
    const task = this.#tasks.push(playbook, [...playbook.intents.keys()][0] ?? '', reason);
    return this.#run(task, sentences);
  }

  #askSlotAgain({ task, slot }: Question & { kind: 'slot' }): Sentence[] {
    const scope = scopeOf(this.#context, task);
    return this.#context.speaker.say(slot.again, valuesOf(this.#context, task.playbook, task, scope));
  }

  #toRepeat(): Sentence[] {
    const unheard = this.#heardPart?.unheard ?? [];
    return unheard.length > 0 ? unheard : (this.#lastReply?.sentences ?? openQuestion(this.#context));
  }

  /** What the assistant can help with, in a list. */
  #menu(): SpokenValue {
    const { library, language } = this.#context;
    const matters = [...library.playbooks.values()]
      .filter(({ name }) => name !== library.site.handOver)
      .map((playbook) => aboutOf(this.#context, playbook));
    const list = new Intl.ListFormat(language, { type: 'disjunction' }).format(matters);
    return new SpokenValue(list, list);
  }

  #about(key: SpeechKey, task: Task): Sentence[] {
    return this.#phrase(key, { about: aboutOf(this.#context, task.playbook) });
  }

  #phrase(key: SpeechKey, values?: Parameters<CallContext['speaker']['phrase']>[1]): Sentence[] {
    return this.#context.speaker.phrase(key, values);
  }

  #say(sentences: Sentence[], asking: Sentence[], question: Question | null): Draft {
    return { sentences, asking, question, intent: taskOf(question)?.intent ?? null };
  }

  /** Words whose last sentence is the question. */
  #splitLast(words: Sentence[], question: Question | null = null): Draft {
    return this.#say(words.slice(0, -1), words.slice(-1), question);
  }

  #isHandingOver(task: Task | null): boolean {
    return task?.playbook.name === this.#context.library.site.handOver;
  }

  #finish(draft: Draft): Reply {
    const reply = finishReply(this.#context, draft, this.#manner);
    this.#question = draft.question;
    if (draft.asking.length > 0 || draft.question === null) this.#asking = draft.asking;
    this.#lastReply = reply;
    this.#heardPart = null;
    return reply;
  }

  /** Whatever goes wrong inside, the caller gets an answer. */
  #inTurn(make: () => Promise<Draft>): Promise<Reply> {
    return this.#queued(async () => {
      try {
        return this.#finish(await make());
      } catch (error) {
        this.#parts.onTrouble(error);
        return this.#finish(this.#say([], this.#phrase('trouble'), null));
      }
    });
  }

  #queued<Value>(run: () => Promise<Value>): Promise<Value> {
    const result = this.#queue.then(run);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}
