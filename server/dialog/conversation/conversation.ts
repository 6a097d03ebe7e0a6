import { tendenciesOf } from '../../context/memory/tendencies.ts';
import type { CallerTurn, Conversation, Reply, Sentence } from '../policy.ts';
import { Answers } from './answers.ts';
import { type CallContext, scopeOf } from './callContext.ts';
import { Commands } from './commands.ts';
import type { Draft } from './draft.ts';
import { Drafting } from './drafting.ts';
import { Flow } from './flow.ts';
import { heardPart } from './heardPart.ts';
import type { Heard, Hearing } from './hearing.ts';
import { hello, openQuestion, suggestOpening } from './opening.ts';
import { isYesNo } from './question.ts';
import { finishReply } from './replying.ts';
import { type Beginning, begin, isElsewhereToo } from './resumption.ts';
import { freshState } from './state.ts';
import type { TaskRunner } from './taskRunner.ts';
import type { TaskStack } from './taskStack.ts';
import { noteUnderstood } from './turnNotes.ts';

/** Silences in a row: the second offers other ways, the third ends the call. */
const SILENCE_OFFERS = 2;

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
  readonly #state = freshState();
  readonly #draft: Drafting;
  readonly #flow: Flow;
  readonly #commands: Commands;
  readonly #answers: Answers;
  readonly #waitingListeners: ((sentence: Sentence) => void)[] = [];
  #eventsSeenMs: number;
  /** Whether the greeting, or a later word, took up what earlier contacts left. */
  #memoryUsed = false;
  #callerHasSpoken = false;
  #mannerKnown = false;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(parts: ConversationParts) {
    const { context, tasks, runner } = parts;
    this.#parts = parts;
    this.#context = context;
    this.#draft = new Drafting(context);
    const flowParts = { context, state: this.#state, tasks, runner, drafting: this.#draft };
    this.#flow = new Flow(flowParts);
    this.#commands = new Commands(flowParts, this.#flow);
    this.#answers = new Answers(flowParts, this.#flow);
    this.#eventsSeenMs = context.clock.epochMs();
  }

  greet(): Promise<Reply> {
    return this.#inTurn(async () => {
      const words = hello(this.#context);
      if (isElsewhereToo(this.#context)) words.push(...this.#draft.phrase('elsewhereToo'));
      this.#memoryUsed = this.#context.thread.memory() !== null;
      const beginning = begin(this.#context);
      if (!beginning) return this.#draft.say(words, openQuestion(this.#context), null);
      this.#noteBeginning(beginning);
      return this.#draft.say(words, beginning.sentences, beginning.question);
    });
  }

  respond(turn: CallerTurn): Promise<Reply> {
    return this.#inTurn(async () => {
      const { today } = scopeOf(this.#context);
      const heard = await this.#parts.hearing.understand(turn, today);
      this.#callerHasSpoken = true;
      noteUnderstood(this.#context, heard);
      return (
        this.#askUnheardAgain(heard) ??
        (await this.#commands.obey(heard)) ??
        (await this.#answers.answer(heard)) ??
        (await this.#answers.correct(heard)) ??
        (await this.#answers.takeUp(heard)) ??
        (await this.#answers.again(heard)) ??
        (await this.#flow.repair())
      );
    });
  }

  silence(count: number): Promise<Reply> {
    return this.#inTurn(async () => {
      if (count < SILENCE_OFFERS)
        return this.#draft.say(this.#draft.phrase('stillThere'), this.#state.asking, this.#state.question);
      if (count === SILENCE_OFFERS) {
        return {
          ...this.#draft.say([], this.#draft.phrase('silenceOffer'), this.#state.question),
          offersHelp: true,
        };
      }
      return { ...this.#draft.say(this.#draft.phrase('silenceClose'), [], null), follow: 'hangUp' };
    });
  }

  contextChanged(): Promise<Reply | null> {
    return this.#queued(async () => {
      const since = this.#eventsSeenMs;
      const fresh = this.#context.session.events().filter(({ observedAt }) => observedAt > since);
      this.#eventsSeenMs = Math.max(since, ...fresh.map(({ observedAt }) => observedAt));
      const names = new Set(fresh.map(({ name }) => name));
      const opening = suggestOpening(this.#context, 'events', ({ on }) => on !== null && names.has(on));
      const late = opening ? null : this.#lateBeginning();
      if (late) return this.#finish(this.#draft.say([], late.sentences, late.question));
      if (!opening || opening.question.playbook === this.#parts.tasks.open?.playbook) return null;
      const { sentences, question } = opening;
      return this.#finish(this.#draft.say([], sentences, question));
    }).catch((error: unknown) => {
      this.#parts.onTrouble(error);
      return null;
    });
  }

  interrupted(heardText: string): void {
    if (this.#state.lastReply) this.#state.heardPart = heardPart(this.#state.lastReply.sentences, heardText);
  }

  onWaiting(listener: (sentence: Sentence) => void): void {
    this.#waitingListeners.push(listener);
  }

  /** A look-up takes long. */
  announceWaiting(): void {
    for (const sentence of this.#draft.phrase('oneMoment')) {
      for (const listener of this.#waitingListeners) listener(sentence);
    }
  }

  close(): void {
    this.#waitingListeners.length = 0;
    this.#parts.close();
  }

  /** What was asked but not heard cannot have been answered by a bare yes or no. */
  #askUnheardAgain(heard: Heard): Draft | null {
    const part = this.#state.heardPart;
    if (!part || part.questionHeard || !this.#state.question || !isYesNo(this.#state.question)) return null;
    const bare =
      heard.yesNo !== null && heard.intent?.sure !== 'clear' && heard.turn.text.split(/\s+/u).length <= 3;
    return bare ? this.#draft.say([], this.#state.asking, this.#state.question) : null;
  }

  /** What was remembered came after the greeting: it is offered as long as the caller has not begun. */
  #lateBeginning(): Beginning | null {
    if (this.#memoryUsed || this.#callerHasSpoken || this.#state.lastReply === null) return null;
    if (this.#context.thread.memory() === null) return null;
    this.#memoryUsed = true;
    const beginning = begin(this.#context);
    if (beginning?.question.kind !== 'finish') return null;
    this.#noteBeginning(beginning);
    return beginning;
  }

  #noteBeginning({ question }: Beginning): void {
    const { playbook } = question;
    const [decision, reason] =
      question.kind === 'finish' ? ['offer_to_finish', 'left_unfinished'] : ['suggest', question.rule.id];
    this.#context.notes.add({ kind: 'decision', data: { decision, reason, playbook: playbook.name } });
  }

  /** How the person likes to be spoken to, as soon as it is known. */
  #adoptManner(): void {
    const memory = this.#mannerKnown ? null : this.#context.thread.memory();
    if (!memory) return;
    this.#mannerKnown = true;
    const { rate, gain, writes } = tendenciesOf(memory);
    this.#state.manner = { rate, gain, writes };
  }

  #finish(draft: Draft): Reply {
    this.#adoptManner();
    const reply = finishReply(this.#context, draft, this.#state.manner);
    this.#context.notes.flush();
    this.#state.question = draft.question;
    if (draft.asking.length > 0 || draft.question === null) this.#state.asking = draft.asking;
    this.#state.lastReply = reply;
    this.#state.heardPart = null;
    return reply;
  }

  /** Whatever goes wrong inside, the caller gets an answer. */
  #inTurn(make: () => Promise<Draft>): Promise<Reply> {
    return this.#queued(async () => {
      try {
        return this.#finish(await make());
      } catch (error) {
        this.#parts.onTrouble(error);
        return this.#finish(this.#draft.say([], this.#draft.phrase('trouble'), null));
      }
    });
  }

  #queued<Value>(run: () => Promise<Value>): Promise<Value> {
    const result = this.#queue.then(run);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}
