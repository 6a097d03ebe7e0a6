import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { SegueError } from '../../shared/errors.ts';
import { describeProblem, didYouMean } from '../yaml/problem.ts';
import { checkShape } from '../yaml/shape.ts';
import { SourceFile } from '../yaml/sourceFile.ts';
import { compileConnector } from './connectorCompiler.ts';
import type { ConnectorPlan, OperationRules, SystemsPlan } from './plan.ts';
import { Surroundings } from './surroundings.ts';
import { KINDS, systemsSource } from './systemsSource.ts';

/** Reads a site's systems file. Throws CONFIG_INVALID with all that is wrong, one `file:line:column …` a line. */
export function readSystems(file: string, env: NodeJS.ProcessEnv): SystemsPlan {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SegueError('CONFIG_INVALID', `${file} cannot be read.`, { cause });
  }
  return compileSystems({ name: basename(file), text }, env);
}

/** The same from a text. */
export function compileSystems(
  { name, text }: { name: string; text: string },
  env: NodeJS.ProcessEnv,
): SystemsPlan {
  const file = new SourceFile(name, text);
  const plan = file.problems.length === 0 ? compile(file, env) : null;
  if (!plan || file.problems.length > 0) throw invalid(file);
  return plan;
}

function compile(file: SourceFile, env: NodeJS.ProcessEnv): SystemsPlan | null {
  const source = checkShape(file, [], file.value, systemsSource);
  if (!source) return null;
  const around = new Surroundings(file, env);
  const connectors: ConnectorPlan[] = [];
  for (const [name, settings] of Object.entries(source.connectors)) {
    const path = ['connectors', name];
    const kind = kindOf(settings);
    if (kind) {
      const plan = compileConnector(around, path, name, settings, kind);
      if (plan) connectors.push(plan);
    } else {
      const kinds = Object.keys(KINDS);
      file.report([...path, 'kind'], `\`kind\` is not known (expected one of: ${kinds.join(', ')})`);
    }
  }
  // What a broken connector would have declared is not known.
  if (connectors.length === Object.keys(source.connectors).length) {
    checkTogether(file, connectors, source.rehydrate);
  }
  return {
    connectors,
    rehydrate: source.rehydrate.map(({ operation, deadline }) => ({
      operation,
      deadlineMs: deadline ?? null,
    })),
    webhookSecret: source.webhook ? around.secret(['webhook', 'secretEnv'], source.webhook.secretEnv) : null,
  };
}

function kindOf(settings: unknown): keyof typeof KINDS | null {
  const kind = typeof settings === 'object' && settings !== null && 'kind' in settings ? settings.kind : null;
  return kind === 'http' || kind === 'rest' || kind === 'sql' ? kind : null;
}

/** What no connector can see for itself: names that stand twice, or nowhere. */
function checkTogether(
  file: SourceFile,
  connectors: readonly ConnectorPlan[],
  rehydrate: readonly { operation: string }[],
): void {
  const owners = new Map<string, string>();
  const servers = new Map<string, string>();
  const rules = new Map<string, OperationRules>();
  for (const connector of connectors) {
    const path = ['connectors', connector.name];
    for (const [name, operation] of connector.operations) {
      const owner = owners.get(name);
      if (owner) file.reportKey([...path, 'operations'], name, `\`${name}\` is in \`${owner}\` already`);
      owners.set(name, connector.name);
      rules.set(name, operation);
    }
    for (const [index, word] of connector.serves.entries()) {
      const server = servers.get(word);
      if (server) file.report([...path, 'serves', index], `\`${word}\` is served by \`${server}\` already`);
      servers.set(word, connector.name);
    }
  }
  const isServed = (name: string) => servers.has('*') || servers.has(name.split('.')[0] ?? '');
  for (const connector of connectors) {
    for (const [name, { invalidates }] of connector.operations) {
      for (const [index, other] of invalidates.entries()) {
        if (rules.get(other)?.kind === 'read' || (!rules.has(other) && isServed(other))) continue;
        const hint = didYouMean(other, owners.keys());
        const place = ['connectors', connector.name, 'operations', name, 'invalidates', index];
        file.report(place, `no look-up is called \`${other}\`${hint}`);
      }
    }
  }
  for (const [index, { operation }] of rehydrate.entries()) {
    if (rules.get(operation)?.kind === 'read' || (!rules.has(operation) && isServed(operation))) continue;
    const hint = didYouMean(operation, owners.keys());
    file.report(['rehydrate', index, 'operation'], `no look-up is called \`${operation}\`${hint}`);
  }
}

function invalid(file: SourceFile): SegueError {
  const lines = [...file.problems]
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map(describeProblem);
  const unique = [...new Set(lines)];
  const count = unique.length === 1 ? '1 problem' : `${unique.length} problems`;
  return new SegueError('CONFIG_INVALID', `${count}:\n${unique.join('\n')}`);
}
