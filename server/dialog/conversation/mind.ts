import { LANGUAGES } from '../../../shared/language.ts';
import { tendenciesOf } from '../../context/memory/tendencies.ts';
import type { CallerTurn, Reply } from '../policy.ts';
import { SpokenValue } from '../speaking/spokenValue.ts';
import { nameOfLanguage, wishedLanguage } from '../understanding/languageWish.ts';
import { Answers } from './answers.ts';
import { type CallContext, scopeOf } from './callContext.ts';
import { Commands } from './commands.ts';
import type { Draft } from './draft.ts';
import { Drafting } from './drafting.ts';
import { Flow } from './flow.ts';
import type { Heard, Hearing } from './hearing.ts';
import { openQuestion } from './opening.ts';
import { isYesNo, onTasks, taskOf } from './question.ts';
import { finishReply } from './replying.ts';
import { questionSnapshot } from './restoring.ts';
import type { ConversationSnapshot } from './snapshot.ts';
import { type ConversationState, freshState } from './state.ts';
import { summarise } from './summary.ts';
import type { Task } from './task.ts';
import { noteTask } from './taskNotes.ts';
import { TaskRunner } from './taskRunner.ts';
import { TaskStack } from './taskStack.ts';
import { notePreference, noteUnderstood } from './turnNotes.ts';

/** Everything that a turn may change, and what changes it. A copy thinks without consequences until it is adopted. */
export class Mind {
  readonly context: CallContext;
  readonly tasks: TaskStack;
  readonly state: ConversationState;
  readonly draft: Drafting;
  readonly #hearing: Hearing;
  readonly #flow: Flow;
  readonly #commands: Commands;
  readonly #answers: Answers;

  constructor(
    world: Omit<CallContext, 'summary'>,
    hearing: Hearing,
    tasks = new TaskStack(),
    state = freshState(),
  ) {
    const context: CallContext = { ...world, summary: () => summarise(context, tasks) };
    this.context = context;
    this.tasks = tasks;
    tasks.listen((change, task) => noteTask(context, change, task));
    this.state = state;
    this.draft = new Drafting(context);
    this.#hearing = hearing;
    const runner = new TaskRunner(context);
    const parts = { context, state, tasks, runner, drafting: this.draft };
    this.#flow = new Flow(parts);
    this.#commands = new Commands(parts, this.#flow);
    this.#answers = new Answers(parts, this.#flow);
  }

  /** Understands a turn and drafts what to say to it; tasks move on, connectors are asked. */
  async respond(turn: CallerTurn): Promise<Draft> {
    const { today } = scopeOf(this.context);
    const heard = await this.#hearing.understand(turn, today);
    this.state.callerHasSpoken = true;
    noteUnderstood(this.context, heard);
    return (
      this.#askUnheardAgain(heard) ??
      this.#noteLanguageWish(heard) ??
      (await this.#commands.obey(heard)) ??
      (await this.#answers.answer(heard)) ??
      (await this.#answers.correct(heard)) ??
      (await this.#answers.takeUp(heard)) ??
      (await this.#answers.again(heard)) ??
      (await this.#flow.repair())
    );
  }

  /** The draft becomes what was said last. */
  finish(draft: Draft): Reply {
    const { state, context } = this;
    this.#adoptManner();
    const reply = finishReply(context, draft, state.manner);
    context.notes.flush();
    state.question = draft.question;
    if (draft.asking.length > 0 || draft.question === null) state.asking = draft.asking;
    state.lastReply = reply;
    state.heardPart = null;
    return reply;
  }

  /** Shares nothing with this one that a turn could change. */
  copy(world: Pick<CallContext, 'connector' | 'signal' | 'onSlow'>): Mind {
    const { context, state } = this;
    const { tasks, copyOf } = this.tasks.copy();
    return new Mind(
      {
        ...context,
        ...world,
        memory: new Map(context.memory),
        speaker: context.speaker.copy(),
        notes: context.notes.copy(),
      },
      this.#hearing,
      tasks,
      { ...state, question: onTasks(state.question, copyOf), manner: { ...state.manner } },
    );
  }

  /** All of it as plain JSON, but for what is secret. */
  snapshot(): Omit<ConversationSnapshot, 'eventsSeenMs' | 'memoryUsed'> {
    const { context, state, tasks } = this;
    const { library, memory, speaker } = context;
    const secret = new Set(
      [...library.playbooks.values()].flatMap(({ slots }) =>
        [...slots.values()].flatMap((slot) => (slot.secret ? slot.name : [])),
      ),
    );
    const placeOf = (task: Task): number => tasks.history.indexOf(task);
    return {
      ...tasks.snapshot(),
      state: { ...state, question: state.question && questionSnapshot(state.question, placeOf) },
      wordings: speaker.wordings(),
      told: Object.fromEntries([...memory].filter(([name]) => !secret.has(name))),
    };
  }

  /** Takes over everything that a copy has thought; the copy is of no more use. */
  adopt(copy: Mind): void {
    Object.assign(this.state, copy.state);
    this.tasks.adopt(copy.tasks);
    this.context.speaker.adopt(copy.context.speaker);
    const { memory } = this.context;
    memory.clear();
    for (const [name, value] of copy.context.memory) memory.set(name, value);
    this.context.notes.adopt(copy.context.notes);
  }

  /** How the person likes to be spoken to, as soon as it is known. */
  #adoptManner(): void {
    const { state, context } = this;
    const memory = state.mannerKnown ? null : context.thread.memory();
    if (!memory) return;
    state.mannerKnown = true;
    const { rate, gain, writes } = tendenciesOf(memory);
    state.manner = { rate, gain, writes };
  }

  /** A call keeps its language; the next contact has the one that the caller asks for. */
  #noteLanguageWish({ turn }: Heard): Draft | null {
    const { context, state } = this;
    const wish = wishedLanguage(turn.text);
    if (wish === null || taskOf(state.question)) return null;
    notePreference(context, 'language', wish);
    const spoken = LANGUAGES.find((one) => one === context.language);
    const name = spoken ? nameOfLanguage(spoken, context.language) : context.language;
    const words = this.draft.phrase(wish === spoken ? 'ofCourse' : 'languageNoted', {
      value: new SpokenValue(name, name),
    });
    const asking = state.asking.length > 0 ? state.asking : openQuestion(context);
    return { ...this.draft.say(words, asking, state.question), intent: 'command.language' };
  }

  /** What was asked but not heard cannot have been answered by a bare yes or no. */
  #askUnheardAgain(heard: Heard): Draft | null {
    const { heardPart: part, question, asking } = this.state;
    if (!part || part.questionHeard || !question || !isYesNo(question)) return null;
    const bare =
      heard.yesNo !== null && heard.intent?.sure !== 'clear' && heard.turn.text.split(/\s+/u).length <= 3;
    return bare ? this.draft.say([], asking, question) : null;
  }
}
