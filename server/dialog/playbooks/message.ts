import { FormatError, IntlMessageFormat } from 'intl-messageformat';
import type { Sentence } from '../policy.ts';
import type { SpokenValue } from '../speaking/spokenValue.ts';

/** An ICU message whose values differ between caption and speech. */
export type Message = {
  /** Names of the values that it may need. */
  readonly needs: readonly string[];
  /** Null when a value is missing that the chosen branch needs. */
  render(values: ReadonlyMap<string, SpokenValue>): Sentence[] | null;
};

export class MessageError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** A full stop, question or exclamation mark of any of our scripts, closing quotes, then space or the end. */
const SENTENCE_END = /([.!?…؟。]+["'”’)»]*)(\s+|$)/gu;

/** Compiles a message and, where the ear needs other words than the eye, its spoken variant. */
export function compileMessage(text: string, language: string, speech?: string): Message {
  const caption = compileIcu(text, language);
  const spoken = speech === undefined ? undefined : compileIcu(speech, language);
  return {
    needs: [...new Set([...caption.needs, ...(spoken?.needs ?? [])])],
    render(values) {
      const sentences = caption.render(values);
      const heard = sentences && spoken?.render(values);
      if (!sentences || !heard) return spoken ? null : sentences;
      if (heard.length !== sentences.length) {
        const whole = heard.map((sentence) => sentence.speech ?? sentence.text).join(' ');
        return [{ text: sentences.map((sentence) => sentence.text).join(' '), speech: whole }];
      }
      return sentences.map(({ text: shown }, index) => {
        const said = heard[index]?.speech ?? heard[index]?.text ?? shown;
        return said === shown ? { text: shown } : { text: shown, speech: said };
      });
    },
  };
}

function compileIcu(text: string, language: string): Message {
  let format: IntlMessageFormat;
  try {
    format = new IntlMessageFormat(text, language, undefined, { ignoreTag: true, captureLocation: true });
  } catch (error) {
    const location = (error as { location?: { start?: { offset?: number } } }).location;
    throw new MessageError(
      error instanceof Error ? error.message : String(error),
      location?.start?.offset ?? 0,
    );
  }
  return {
    needs: argumentsOf(format.getAst()),
    render(values) {
      try {
        const parts = format.formatToParts<SpokenValue>(Object.fromEntries(values));
        return splitSentences(parts.map((part) => part.value));
      } catch (error) {
        if (error instanceof FormatError) return null;
        throw error;
      }
    },
  };
}

type Element = { type: number; value?: unknown; options?: Record<string, { value: Element[] }> };

/** Argument names of a parsed message: every element but literals (0) and `#` (7). */
function argumentsOf(elements: readonly unknown[]): string[] {
  const names = new Set<string>();
  for (const element of elements as Element[]) {
    if (element.type !== 0 && element.type !== 7) names.add(String(element.value));
    for (const option of Object.values(element.options ?? {})) {
      for (const name of argumentsOf(option.value)) names.add(name);
    }
  }
  return [...names];
}

/** Sentences end only in the message's own words: a dot inside a value (an e-mail, a price) ends none. */
function splitSentences(parts: readonly (string | SpokenValue)[]): Sentence[] {
  const sentences: Sentence[] = [];
  let text = '';
  let speech = '';
  const flush = () => {
    const [shown, said] = [text.replace(/\s+/gu, ' ').trim(), speech.replace(/\s+/gu, ' ').trim()];
    if (shown !== '') sentences.push(said === shown ? { text: shown } : { text: shown, speech: said });
    text = '';
    speech = '';
  };
  for (const part of parts) {
    if (typeof part !== 'string') {
      text += part.text;
      speech += part.speech;
      continue;
    }
    let from = 0;
    for (const match of part.matchAll(SENTENCE_END)) {
      const words = part.slice(from, match.index) + match[1];
      text += words;
      speech += words;
      from = match.index + match[0].length;
      flush();
    }
    text += part.slice(from);
    speech += part.slice(from);
  }
  flush();
  return sentences;
}
