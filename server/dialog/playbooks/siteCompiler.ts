import { SPEECH_KEYS } from '../../../shared/strings/speech/keys.ts';
import { VERIFICATION_OPERATIONS, VERIFICATION_REFUSALS } from '../../verification/verifier.ts';
import { didYouMean } from '../../yaml/problem.ts';
import { checkShape } from '../../yaml/shape.ts';
import type { SourceFile } from '../../yaml/sourceFile.ts';
import { compileValue } from './planCompiler.ts';
import { COMMANDS, type Command, type OperationPlan, type Site } from './playbook.ts';
import { BUILT_IN } from './playbookCompiler.ts';
import { siteSource } from './schema.ts';
import { compilePhrases, compileWording, type WordingContext } from './wordingCompiler.ts';

export type CompiledSite = { site: Site; operations: ReadonlyMap<string, OperationPlan> };

/** What all playbooks share, or null when its shape is wrong. */
export function compileSite(file: SourceFile): CompiledSite | null {
  const source = checkShape(file, [], file.value, siteSource);
  if (!source) return null;
  const languages = source.languages ?? [source.language];
  if (!languages.includes(source.language)) {
    file.report(['languages'], `lacks the site's own language \`${source.language}\``);
  }
  const context: WordingContext = {
    file,
    languages,
    language: source.language,
    values: new Set([...BUILT_IN, ...Object.keys(source.values)]),
    used: new Set(),
  };
  const commands = new Map<Command, ReadonlyMap<string, readonly string[]>>();
  for (const [name, examples] of Object.entries(source.commands)) {
    const command = COMMANDS.find((known) => known === name);
    if (command) commands.set(command, compilePhrases(context, ['commands', name], examples));
    else
      file.reportKey(
        ['commands'],
        name,
        `unknown command \`${name}\`${didYouMean(name, COMMANDS) || ` (expected one of: ${COMMANDS.join(', ')})`}`,
      );
  }
  for (const name of Object.keys(source.phrases)) {
    if (!(SPEECH_KEYS as readonly string[]).includes(name)) {
      file.reportKey(
        ['phrases'],
        name,
        `the assistant has no phrase \`${name}\`${didYouMean(name, SPEECH_KEYS)}`,
      );
    }
  }
  const operations = new Map<string, OperationPlan>(
    Object.entries(source.operations).map(([name, { kind, needs, refuses }]) => [
      name,
      { name, kind: kind === 'action' ? 'action' : 'lookUp', needs, refuses },
    ]),
  );
  const site: Site = {
    name: source.site,
    assistant: source.assistant,
    language: source.language,
    languages,
    timeZone: source.time_zone,
    currency: source.currency,
    values: new Map(
      Object.entries(source.values).map(([name, value]) => [
        name,
        compileValue(file, ['values', name], name, value),
      ]),
    ),
    hello: compileWording(context, ['greeting', 'hello'], source.greeting.hello),
    question: compileWording(context, ['greeting', 'question'], source.greeting.question),
    commands,
    smallTalk: new Map(
      Object.entries(source.small_talk).map(([name, { examples, say }]) => [
        name,
        {
          examples: compilePhrases(context, ['small_talk', name, 'examples'], examples),
          say: compileWording(context, ['small_talk', name, 'say'], say),
        },
      ]),
    ),
    phrases: new Map(
      Object.entries(source.phrases).map(([name, words]) => [
        name,
        compileWording(context, ['phrases', name], words),
      ]),
    ),
    handOver: source.hand_over,
    verification: source.verification
      ? {
          playbook: source.verification.playbook,
          plan: {
            identify: source.verification.identify,
            sendCode: source.verification.send_code ?? null,
            checkAnswer: source.verification.check_answer ?? null,
          },
        }
      : null,
    callBack: source.call_back ?? null,
  };
  if (site.verification) {
    for (const name of VERIFICATION_OPERATIONS) {
      operations.set(name, { name, kind: 'action', needs: 'anyone', refuses: VERIFICATION_REFUSALS });
    }
  }
  return { site, operations };
}
