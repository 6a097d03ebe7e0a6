import type { SpeechKey } from '../../../shared/strings/speech/keys.ts';
import { speechPhrases } from '../../../shared/strings/speech/speech.ts';
import { compileMessage, type Message } from '../playbooks/message.ts';
import type { Library, Wording } from '../playbooks/playbook.ts';
import type { Sentence } from '../policy.ts';
import { SpokenValue } from '../speaking/spokenValue.ts';

/** The value of a name in a message, or undefined when it is not known. */
export type ValueLookup = (name: string) => SpokenValue | undefined;

export type Phrases = (key: SpeechKey) => Wording;

/** The assistant's own phrases in one language, the operator's words first. Compiled once and shared by all calls. */
export function compilePhrasebook(library: Library, language: string): Phrases {
  const catalogue = speechPhrases(language);
  const compiled = new Map<SpeechKey, Wording>();
  return (key) => {
    const own = library.site.phrases.get(key);
    if (own) return own;
    const made = compiled.get(key) ?? {
      id: `speech.${key}`,
      messages: new Map([[language, catalogue[key].map((text) => compileMessage(text, language))]]),
    };
    compiled.set(key, made);
    return made;
  };
}

const NO_VALUES: ValueLookup = () => undefined;

/** Puts things into words: turns wordings round, and fills values in. */
export class Speaker {
  readonly #language: string;
  readonly #fallback: string;
  readonly #phrases: Phrases;
  readonly #turns = new Map<string, number>();

  constructor(language: string, fallbackLanguage: string, phrases: Phrases) {
    this.#language = language;
    this.#fallback = fallbackLanguage;
    this.#phrases = phrases;
  }

  copy(): Speaker {
    const copy = new Speaker(this.#language, this.#fallback, this.#phrases);
    copy.adopt(this);
    return copy;
  }

  /** Goes on turning wordings round where another one is. */
  adopt(other: Speaker): void {
    for (const [wording, turn] of other.#turns) this.#turns.set(wording, turn);
  }

  /** How far each wording was turned round, by its id. */
  wordings(): Record<string, number> {
    return Object.fromEntries(this.#turns);
  }

  /** Goes on where it was in another process. */
  restore(wordings: Readonly<Record<string, number>>): void {
    for (const [wording, turn] of Object.entries(wordings)) this.#turns.set(wording, turn);
  }

  /** The next wording of which all values are known; nothing when there is none. */
  say(wording: Wording, lookup: ValueLookup = NO_VALUES): Sentence[] {
    const messages = this.#messagesOf(wording);
    const from = this.#turns.get(wording.id) ?? 0;
    for (let tried = 0; tried < messages.length; tried++) {
      const index = (from + tried) % messages.length;
      const message = messages[index];
      const sentences = message?.render(collect(message, lookup));
      if (!sentences) continue;
      this.#turns.set(wording.id, index + 1);
      return sentences;
    }
    return [];
  }

  /** What a wording would be filled with: the same again says nothing that was not said. */
  inputsOf(wording: Wording, lookup: ValueLookup): string {
    const names = new Set(this.#messagesOf(wording).flatMap(({ needs }) => needs));
    return JSON.stringify([wording.id, ...[...names].map((name) => lookup(name)?.raw ?? null)]);
  }

  phrase(key: SpeechKey, values: Readonly<Record<string, SpokenValue | string>> = {}): Sentence[] {
    return this.say(this.#phrases(key), (name) => {
      const value = values[name];
      return typeof value === 'string' ? new SpokenValue(value, value) : value;
    });
  }

  /** The first of the wordings whose values are known, to stand in another sentence. */
  value(wording: Wording, lookup: ValueLookup): SpokenValue | undefined {
    for (const message of this.#messagesOf(wording)) {
      const [words] = message.render(collect(message, lookup)) ?? [];
      if (words) return new SpokenValue(words.text, words.text, words.speech);
    }
    return undefined;
  }

  /** Words as they are read, without turning round: for labels and lists. */
  label(wording: Wording, lookup: ValueLookup = NO_VALUES): string {
    for (const message of this.#messagesOf(wording)) {
      const sentences = message.render(collect(message, lookup));
      if (sentences) return sentences.map((sentence) => sentence.text).join(' ');
    }
    return '';
  }

  phraseLabel(key: SpeechKey): string {
    return this.label(this.#phrases(key));
  }

  #messagesOf(wording: Wording): readonly Message[] {
    return wording.messages.get(this.#language) ?? wording.messages.get(this.#fallback) ?? [];
  }
}

function collect(message: Message, lookup: ValueLookup): Map<string, SpokenValue> {
  const values = new Map<string, SpokenValue>();
  for (const name of message.needs) {
    const value = lookup(name);
    if (value !== undefined) values.set(name, value);
  }
  return values;
}
