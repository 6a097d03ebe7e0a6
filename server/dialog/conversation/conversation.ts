import type { InputOffer } from '../../../shared/events.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { Break, CallerTurn, Conversation, Prepared, Reply, Sentence } from '../policy.ts';
import type { CallContext } from './callContext.ts';
import type { Draft } from './draft.ts';
import type { Drafting } from './drafting.ts';
import { heardPart } from './heardPart.ts';
import type { Mind } from './mind.ts';
import { hello, openQuestion, suggestOpening } from './opening.ts';
import { Preparation } from './preparation.ts';
import { type Beginning, begin, isElsewhereToo, noteBeginning } from './resumption.ts';
import type { ConversationSnapshot } from './snapshot.ts';
import type { ConversationState } from './state.ts';

/** Silences in a row: the second offers other ways, the third ends the call. */
const SILENCE_OFFERS = 2;

export type ConversationParts = {
  mind: Mind;
  /** It goes on from another process. */
  restored: Pick<ConversationSnapshot, 'eventsSeenMs' | 'memoryUsed'> | null;
  close(): void;
  onTrouble(error: unknown): void;
};

/** One call's conversation. Turns are dealt with one after the other, and always answered. */
export class PlaybookConversation implements Conversation {
  readonly #parts: ConversationParts;
  readonly #mind: Mind;
  readonly #context: CallContext;
  readonly #state: ConversationState;
  readonly #draft: Drafting;
  readonly #waitingListeners: ((sentence: Sentence) => void)[] = [];
  #eventsSeenMs: number;
  /** Whether the greeting, or a later word, took up what earlier contacts left. */
  #memoryUsed = false;
  #queue: Promise<unknown> = Promise.resolve();
  /** Grows with everything that moves the conversation on: what was prepared before is stale. */
  #moves = 0;
  /** While a turn is being answered: what was before it. */
  #before: JsonObject | null = null;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#mind = parts.mind;
    this.#context = parts.mind.context;
    this.#state = parts.mind.state;
    this.#draft = parts.mind.draft;
    this.#eventsSeenMs = parts.restored?.eventsSeenMs ?? this.#context.clock.epochMs();
    this.#memoryUsed = parts.restored?.memoryUsed ?? false;
  }

  greet(): Promise<Reply> {
    return this.#inTurn(async () => {
      const words = hello(this.#context);
      if (isElsewhereToo(this.#context)) words.push(...this.#draft.phrase('elsewhereToo'));
      this.#memoryUsed = this.#context.thread.memory() !== null;
      const beginning = begin(this.#context);
      if (!beginning) return this.#draft.say(words, openQuestion(this.#context), null);
      noteBeginning(this.#context, beginning);
      return this.#draft.say(words, beginning.sentences, beginning.question);
    });
  }

  respond(turn: CallerTurn): Promise<Reply> {
    return this.#inTurn(() => this.#mind.respond(turn));
  }

  prepare(turn: CallerTurn): Prepared {
    const began = this.#queue.then(() => ({
      preparation: new Preparation(this.#mind, turn, () => this.announceWaiting()),
      standing: this.#standing(),
    }));
    return {
      reply: began.then(({ preparation }) => preparation.reply),
      discard: () => void began.then(({ preparation }) => preparation.giveUp()),
      commit: () =>
        this.#queued(async () => {
          const { preparation, standing } = await began;
          preparation.want();
          const reply = await preparation.reply;
          if (!reply || standing !== this.#standing()) return null;
          this.#moves += 1;
          this.#mind.adopt(preparation.mind);
          return reply;
        }),
    };
  }

  silence(count: number): Promise<Reply> {
    return this.#inTurn(async () => {
      if (count < SILENCE_OFFERS)
        return this.#draft.say(this.#draft.phrase('stillThere'), this.#state.asking, this.#state.question);
      if (count === SILENCE_OFFERS) {
        const callsBack = this.#context.library.site.callBack !== null;
        const words = this.#draft.phrase(callsBack ? 'silenceOfferCallBack' : 'silenceOffer');
        return {
          ...this.#draft.say([], words, this.#state.question),
          offersHelp: true,
          offersCallBack: true,
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
      if (late) {
        this.#moves += 1;
        return this.#mind.finish(this.#draft.say([], late.sentences, late.question));
      }
      if (!opening || opening.question.playbook === this.#mind.tasks.open?.playbook) return null;
      const { sentences, question } = opening;
      this.#moves += 1;
      return this.#mind.finish(this.#draft.say([], sentences, question));
    }).catch((error: unknown) => {
      this.#parts.onTrouble(error);
      return null;
    });
  }

  ways(): InputOffer['kinds'] {
    const { callBack } = this.#context.library.site;
    return ['text', ...(callBack === null ? [] : (['callBack'] as const)), 'human'];
  }

  interrupted(heardText: string): void {
    this.#moves += 1;
    if (this.#state.lastReply) this.#state.heardPart = heardPart(this.#state.lastReply.sentences, heardText);
  }

  snapshot(): JsonObject {
    return this.#before ?? this.#snapshot();
  }

  resume({ heardText, callerSpoke }: Break): Promise<Reply> {
    const { lastReply } = this.#state;
    if (heardText !== null) this.interrupted(heardText);
    return this.#inTurn(async () => {
      const { asking, question } = this.#state;
      const unheard = heardText === null ? [] : (this.#state.heardPart?.unheard ?? []);
      if (unheard.length > 0 && lastReply) {
        const { next, handoff } = lastReply;
        const draft = this.#draft.say(this.#draft.phrase('asISaid'), unheard, question);
        return { ...draft, ...(next === 'listen' ? {} : { follow: next, ...(handoff ? { handoff } : {}) }) };
      }
      const open = asking.length > 0 ? asking : openQuestion(this.#context);
      if (callerSpoke) return { ...this.#draft.say(this.#draft.phrase('sayAgain'), [], question) };
      return this.#draft.say(this.#draft.phrase('backAgain'), open, question);
    });
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

  /** What was remembered came after the greeting: it is offered as long as the caller has not begun. */
  #lateBeginning(): Beginning | null {
    if (this.#memoryUsed || this.#state.callerHasSpoken || this.#state.lastReply === null) return null;
    if (this.#context.thread.memory() === null) return null;
    this.#memoryUsed = true;
    const beginning = begin(this.#context);
    if (beginning?.question.kind !== 'finish') return null;
    noteBeginning(this.#context, beginning);
    return beginning;
  }

  /** What a reply depends on: where the conversation stands, and what the session knows. */
  #standing(): string {
    const { session } = this.#context;
    return JSON.stringify([this.#moves, session.subject, session.facts(), session.events().length]);
  }

  /** Whatever goes wrong inside, the caller gets an answer. */
  #inTurn(make: () => Promise<Draft>): Promise<Reply> {
    return this.#queued(async () => {
      this.#moves += 1;
      this.#before = this.#snapshot();
      try {
        return this.#mind.finish(await make());
      } catch (error) {
        this.#parts.onTrouble(error);
        return this.#mind.finish(this.#draft.say([], this.#draft.phrase('trouble'), null));
      } finally {
        this.#before = null;
      }
    });
  }

  #snapshot(): JsonObject {
    return { ...this.#mind.snapshot(), eventsSeenMs: this.#eventsSeenMs, memoryUsed: this.#memoryUsed };
  }

  #queued<Value>(run: () => Promise<Value>): Promise<Value> {
    const result = this.#queue.then(run);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}
