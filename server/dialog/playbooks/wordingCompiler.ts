import { didYouMean } from '../../yaml/problem.ts';
import type { SourceFile, SourcePath } from '../../yaml/sourceFile.ts';
import { compileMessage, type Message, MessageError } from './message.ts';
import type { ByLanguage, Wording } from './playbook.ts';

/** What the compilers of one file share: its languages and the values that its messages may use. */
export type WordingContext = {
  file: SourceFile;
  languages: readonly string[];
  /** The first one stands for wordings that name no language. */
  language: string;
  values: ReadonlySet<string>;
  /** Values and slots that a message used. */
  used: Set<string>;
};

const EXPECTED = 'expected a sentence, a list of sentences, { text, speech }, or these by language';

/** A wording: text, `{ text, speech }`, a list of these, or a map from languages to these. */
export function compileWording(context: WordingContext, path: SourcePath, source: unknown): Wording {
  const { file, language } = context;
  const id = `${file.name}#${path.map(String).join('.')}`;
  if (isMap(source) && !('text' in source)) {
    const messages = new Map<string, Message[]>();
    for (const [key, value] of Object.entries(source)) {
      if (!context.languages.includes(key)) {
        const known = `expected one of: ${context.languages.join(', ')}`;
        file.reportKey(path, key, `\`${key}\` is not a language of this site (${known}), nor \`text\``);
      } else messages.set(key, compileList(context, [...path, key], value, key));
    }
    for (const needed of context.languages) {
      if (!messages.has(needed))
        file.report(path, `\`${path.map(String).join('.')}\` has no words in \`${needed}\``);
    }
    return { id, messages };
  }
  const messages = compileList(context, path, source, language);
  const missing = context.languages.filter((other) => other !== language);
  if (missing.length > 0) {
    file.report(
      path,
      `\`${path.map(String).join('.')}\` has no words in \`${missing.join('`, `')}\` (expected them by language)`,
    );
  }
  return { id, messages: new Map([[language, messages]]) };
}

/** Lists of plain phrases, the same for all languages or by language. */
export function compilePhrases(
  context: WordingContext,
  path: SourcePath,
  source: unknown,
): ByLanguage<readonly string[]> {
  const { file } = context;
  const label = path.map(String).join('.');
  const read = (at: SourcePath, value: unknown): readonly string[] => {
    const list = Array.isArray(value) ? value : [value];
    const phrases = list.filter((phrase) => typeof phrase === 'string' && phrase.trim() !== '') as string[];
    if (phrases.length === list.length && phrases.length > 0) return phrases;
    file.report(
      at,
      `\`${label}\` has ${list.length === 0 ? 'no' : 'unreadable'} examples (expected a list of phrases)`,
    );
    return phrases;
  };
  if (!isMap(source)) return new Map([[context.language, read(path, source)]]);
  const byLanguage = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(source)) {
    if (context.languages.includes(key)) byLanguage.set(key, read([...path, key], value));
    else
      file.reportKey(
        path,
        key,
        `\`${key}\` is not a language of this site (expected one of: ${context.languages.join(', ')})`,
      );
  }
  for (const language of context.languages) {
    if (!byLanguage.has(language)) file.report(path, `\`${label}\` has no examples in \`${language}\``);
  }
  return byLanguage;
}

function compileList(
  context: WordingContext,
  path: SourcePath,
  source: unknown,
  language: string,
): Message[] {
  if (!Array.isArray(source)) {
    const message = compileOne(context, path, source, language);
    return message ? [message] : [];
  }
  if (source.length === 0)
    context.file.report(path, `\`${path.map(String).join('.')}\` is empty (${EXPECTED})`);
  return source.flatMap((item, index) => compileOne(context, [...path, index], item, language) ?? []);
}

function compileOne(
  context: WordingContext,
  path: SourcePath,
  source: unknown,
  language: string,
): Message | null {
  const text = isMap(source) ? source.text : source;
  const speech = isMap(source) ? source.speech : undefined;
  const plain = typeof text === 'string' && text.trim() !== '';
  if (!plain || (speech !== undefined && typeof speech !== 'string')) {
    context.file.report(path, `\`${path.map(String).join('.')}\` is not something to say (${EXPECTED})`);
    return null;
  }
  try {
    const message = compileMessage(text, language, speech);
    for (const name of message.needs) {
      context.used.add(name);
      if (context.values.has(name)) continue;
      const at = Math.max(0, text.indexOf(`{${name}`));
      context.file.report(path, `nothing is called \`{${name}}\`${didYouMean(name, context.values)}`, at);
    }
    return message;
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    context.file.report(path, `is no ICU message: ${error.message}`, error.offset);
    return null;
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
