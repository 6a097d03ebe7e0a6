import type { SpeechKey } from '../../../shared/strings/speech/keys.ts';
import type { Sentence } from '../policy.ts';
import { SpokenValue } from '../speaking/spokenValue.ts';
import { aboutOf, type CallContext, scopeOf, valuesOf } from './callContext.ts';
import type { Draft } from './draft.ts';
import { type Question, taskOf } from './question.ts';
import type { Task } from './task.ts';

/** Puts drafts together from the assistant's own phrases. */
export class Drafting {
  readonly #context: CallContext;

  constructor(context: CallContext) {
    this.#context = context;
  }

  askSlotAgain({ task, slot }: Question & { kind: 'slot' }): Sentence[] {
    const scope = scopeOf(this.#context, task);
    return this.#context.speaker.say(slot.again, valuesOf(this.#context, task.playbook, task, scope));
  }

  /** What the assistant can help with, in a list. */
  menu(): SpokenValue {
    const { library, language } = this.#context;
    const matters = [...library.playbooks.values()]
      .filter(({ name }) => name !== library.site.handOver && name !== library.site.callBack)
      .map((playbook) => aboutOf(this.#context, playbook));
    const list = new Intl.ListFormat(language, { type: 'disjunction' }).format(matters);
    return new SpokenValue(list, list);
  }

  about(key: SpeechKey, task: Task): Sentence[] {
    return this.phrase(key, { about: aboutOf(this.#context, task.playbook) });
  }

  phrase(key: SpeechKey, values?: Parameters<CallContext['speaker']['phrase']>[1]): Sentence[] {
    return this.#context.speaker.phrase(key, values);
  }

  say(sentences: Sentence[], asking: Sentence[], question: Question | null): Draft {
    return { sentences, asking, question, intent: taskOf(question)?.intent ?? null };
  }

  /** Words whose last sentence is the question. */
  splitLast(words: Sentence[], question: Question | null = null): Draft {
    return this.say(words.slice(0, -1), words.slice(-1), question);
  }

  isHandingOver(task: Task | null): boolean {
    return task?.playbook.name === this.#context.library.site.handOver;
  }
}
