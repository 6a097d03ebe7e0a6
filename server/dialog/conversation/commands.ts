import type { Command } from '../playbooks/playbook.ts';
import type { Sentence } from '../policy.ts';
import type { CallContext } from './callContext.ts';
import type { Draft } from './draft.ts';
import type { Drafting } from './drafting.ts';
import { CHANGE_STRATEGY, type Flow, type FlowParts, GIVE_UP } from './flow.ts';
import type { Heard } from './hearing.ts';
import { openQuestion } from './opening.ts';
import { isYesNo, taskOf } from './question.ts';
import { noteDeclined } from './resumption.ts';
import type { ConversationState } from './state.ts';
import type { TaskStack } from './taskStack.ts';
import { notePreference } from './turnNotes.ts';

/** Commands that are about speaking itself: a yes or a no in the same words does not hide them. */
const ABOUT_SPEAKING: readonly Command[] = ['repeat', 'slower', 'faster', 'louder', 'wait'];

/** What callers can say at any moment. */
export class Commands {
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

  /** Repeat, slower, wait, thanks, goodbye…: they work everywhere. */
  async obey({ command, yesNo }: Heard): Promise<Draft | null> {
    if (!command) return null;
    const answers = this.#state.question !== null && isYesNo(this.#state.question) && yesNo !== null;
    // "Okay, thank you, bye" is no yes to "anything else?".
    const closes = this.#state.question?.kind === 'anythingElse' && yesNo === true;
    if (answers && !closes && !ABOUT_SPEAKING.includes(command)) return null;
    const intent = `command.${command}`;
    const question = this.#state.question;
    const asking = this.#state.asking;
    switch (command) {
      case 'repeat':
        return { ...this.#draft.say(this.#toRepeat(), [], question), intent };
      case 'slower':
      case 'faster': {
        const change = command === 'slower' ? -0.15 : 0.15;
        this.#state.manner.rate = Math.min(1.3, Math.max(0.7, this.#state.manner.rate + change));
        notePreference(this.#context, 'rate', this.#state.manner.rate);
        return {
          ...this.#draft.say([...this.#draft.phrase(command), ...this.#toRepeat()], [], question),
          intent,
        };
      }
      case 'louder':
        this.#state.manner.gain = Math.min(2, this.#state.manner.gain + 0.4);
        notePreference(this.#context, 'gain', this.#state.manner.gain);
        return {
          ...this.#draft.say([...this.#draft.phrase('louder'), ...this.#toRepeat()], [], question),
          intent,
        };
      case 'wait':
        return { ...this.#draft.say(this.#draft.phrase('takeYourTime'), [], question), asking: [], intent };
      case 'thanks':
        return {
          ...this.#draft.say(
            this.#draft.phrase('welcome'),
            question?.kind === 'anythingElse' ? [] : asking,
            question,
          ),
          intent,
        };
      case 'bye':
        return { ...this.#draft.say(this.#draft.phrase('goodbye'), [], null), intent, follow: 'hangUp' };
      case 'other':
        if (taskOf(question)) this.#tasks.pop('declined');
        if (question?.kind === 'finish') noteDeclined(this.#context, question.unfinished);
        return { ...this.#draft.splitLast(this.#draft.phrase('declined')), intent };
      case 'unsure':
        if (question?.kind !== 'slot') return null;
        // Asking the same again would not help: on to another way at once.
        this.#state.failures = Math.max(this.#state.failures + 1, CHANGE_STRATEGY);
        return this.#state.failures < GIVE_UP
          ? { ...(await this.#flow.askDifferently(question)), intent }
          : null;
      case 'help':
        return {
          ...this.#draft.say([], this.#draft.phrase('help', { value: this.#draft.menu() }), null),
          intent,
        };
    }
  }

  #toRepeat(): Sentence[] {
    const unheard = this.#state.heardPart?.unheard ?? [];
    return unheard.length > 0 ? unheard : (this.#state.lastReply?.sentences ?? openQuestion(this.#context));
  }
}
