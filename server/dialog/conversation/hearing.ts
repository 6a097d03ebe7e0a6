import { COMMANDS, type Command, type Library, type Playbook } from '../playbooks/playbook.ts';
import type { CallerTurn } from '../policy.ts';
import type { IntentExamples, Nlu } from '../understanding/nlu.ts';
import { CERTAIN, type ReadSlot } from '../understanding/slot.ts';

/** At or above this an intent that the understanding names is acted on. */
const CLEAR = 0.45;
/** While a question is open, another matter has to be so sure: answers resemble many things. */
const CLEAR_ASIDE = 0.5;
/** At or above this the caller is asked whether it is that. */
const POSSIBLE = 0.25;
/** Below this nothing that a recogniser says is acted on without asking. */
const HARDLY_HEARD = 0.35;
/** Below this what was understood is said along with the answer. */
const FAINTLY_HEARD = 0.6;
/** A command is a short thing to say: "wait", "could you say that again please". */
const COMMAND_WORDS = 9;

const COMMAND_PREFIX = 'command.';
const SMALL_TALK_PREFIX = 'small_talk.';

/** What a caller's turn may mean, before the conversation decides. */
export type Heard = {
  turn: CallerTurn;
  command: Command | null;
  smallTalk: string | null;
  /** The playbook that the best intent belongs to, how sure that is, and whether enough to leave an open question. */
  intent: {
    name: string;
    playbook: Playbook;
    sure: 'clear' | 'possible';
    faint: boolean;
    aside: boolean;
  } | null;
  yesNo: boolean | null;
};

export class Hearing {
  readonly #nlu: Nlu;
  readonly #readSlot: ReadSlot;
  readonly #language: string;
  readonly #owners = new Map<string, Playbook>();

  constructor(library: Library, nlu: Nlu, readSlot: ReadSlot, language: string) {
    this.#nlu = nlu;
    this.#readSlot = readSlot;
    this.#language = language;
    for (const playbook of library.playbooks.values()) {
      for (const intent of playbook.intents.keys()) this.#owners.set(intent, playbook);
    }
  }

  async understand(turn: CallerTurn, today: string): Promise<Heard> {
    const { text, alternatives } = turn;
    const understood = await this.#nlu.understand({ text, alternatives, language: this.#language });
    const best = understood.intent ?? understood.ranking[0]?.intent ?? null;
    const score = understood.intent === null ? (understood.ranking[0]?.score ?? 0) : understood.score;
    const heard: Heard = {
      turn,
      command: null,
      smallTalk: null,
      intent: null,
      yesNo: this.#yesNo(turn, today),
    };
    if (best === null || score < POSSIBLE) return heard;
    const clear = understood.intent !== null && score >= CLEAR;
    if (best.startsWith(COMMAND_PREFIX)) {
      const short = text.split(/\s+/u).length <= COMMAND_WORDS;
      const name = best.slice(COMMAND_PREFIX.length);
      heard.command = clear && short ? (COMMANDS.find((command) => command === name) ?? null) : null;
    } else if (best.startsWith(SMALL_TALK_PREFIX)) {
      heard.smallTalk = clear ? best.slice(SMALL_TALK_PREFIX.length) : null;
    } else {
      const playbook = this.#owners.get(best);
      const sure = clear && turn.confidence >= HARDLY_HEARD ? 'clear' : 'possible';
      const aside = sure === 'clear' && score >= CLEAR_ASIDE;
      if (playbook)
        heard.intent = { name: best, playbook, sure, aside, faint: turn.confidence < FAINTLY_HEARD };
    }
    return heard;
  }

  #yesNo({ text, alternatives }: CallerTurn, today: string): boolean | null {
    const [best] = this.#readSlot({
      spec: { type: 'yesNo' },
      text,
      alternatives,
      language: this.#language,
      today,
      known: [],
      asked: true,
    });
    return best && best.confidence >= CERTAIN - 0.4 && typeof best.value === 'boolean' ? best.value : null;
  }
}

/** Everything that the understanding is trained on, in one language. */
export function intentExamples(library: Library, language: string): IntentExamples[] {
  const { site, playbooks } = library;
  const examples: IntentExamples[] = [];
  for (const playbook of playbooks.values()) {
    for (const [intent, byLanguage] of playbook.intents) {
      examples.push({ intent, examples: byLanguage.get(language) ?? byLanguage.get(site.language) ?? [] });
    }
  }
  for (const [command, byLanguage] of site.commands) {
    const own = byLanguage.get(language) ?? byLanguage.get(site.language) ?? [];
    examples.push({ intent: `${COMMAND_PREFIX}${command}`, examples: own });
  }
  for (const [name, talk] of site.smallTalk) {
    const own = talk.examples.get(language) ?? talk.examples.get(site.language) ?? [];
    examples.push({ intent: `${SMALL_TALK_PREFIX}${name}`, examples: own });
  }
  return examples;
}
