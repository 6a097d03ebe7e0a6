import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SegueError } from '../../../shared/errors.ts';
import { describeProblem, didYouMean, type Problem } from '../../yaml/problem.ts';
import { SourceFile } from '../../yaml/sourceFile.ts';
import type { Library, OperationPlan, Playbook } from './playbook.ts';
import { compilePlaybook } from './playbookCompiler.ts';
import { compileSite } from './siteCompiler.ts';

/** Reads every `*.yaml` of a folder. Throws PLAYBOOK_INVALID with all that is wrong, one `file:line:column …` a line. */
export async function loadPlaybooks(folder: string): Promise<Library> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new SegueError('PLAYBOOK_INVALID', `${folder} cannot be read.`, { cause });
  });
  const texts = names.filter((name) => /\.ya?ml$/u.test(name)).sort();
  const files = await Promise.all(
    texts.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') })),
  );
  return compileLibrary(files);
}

/** The same from texts. */
export function compileLibrary(texts: readonly { name: string; text: string }[]): Library {
  const files = texts.map(({ name, text }) => new SourceFile(name, text));
  const siteFiles = files.filter(({ value }) => isMap(value) && 'site' in value);
  const [siteFile] = siteFiles;
  if (!siteFile) {
    throw invalid([
      ...problemsOf(files),
      'site.yaml:1:1 no file describes the site (expected one with `site:`)',
    ]);
  }
  for (const other of siteFiles.slice(1))
    other.report([], `the site is described in ${siteFile.name} already`);
  const compiled = compileSite(siteFile);
  if (!compiled) throw invalid(problemsOf(files));

  const { site, operations } = compiled;
  const playbooks = new Map<string, Playbook>();
  const rest = files.filter((file) => !siteFiles.includes(file) && file.value !== undefined);
  const owners = new Map<string, string>();
  const slotTypes = new Map<string, { type: string; file: string }>();
  for (const file of rest) {
    const playbook = compilePlaybook(file, site, operations);
    if (!playbook) continue;
    if (playbooks.has(playbook.name))
      file.report(['playbook'], `another playbook is called \`${playbook.name}\``);
    playbooks.set(playbook.name, playbook);
    for (const intent of playbook.intents.keys()) {
      const owner = owners.get(intent) ?? (site.smallTalk.has(intent) ? siteFile.name : undefined);
      if (owner) file.reportKey(['intents'], intent, `intent \`${intent}\` is in ${owner} already`);
      owners.set(intent, file.name);
    }
    for (const { name, type } of playbook.slots.values()) {
      const other = slotTypes.get(name);
      if (other && other.type !== type) {
        file.report(
          ['slots', name, 'type'],
          `slot \`${name}\` is a ${other.type} in ${other.file} (expected the same: slots are shared by name)`,
        );
      }
      slotTypes.set(name, { type, file: file.name });
    }
  }
  // What an unreadable file would have held is not known.
  if (playbooks.size === files.length - siteFiles.length) {
    for (const [key, name] of [
      ['hand_over', site.handOver],
      ['call_back', site.callBack],
    ] as const) {
      if (name === null || playbooks.has(name)) continue;
      siteFile.report([key], `no playbook is called \`${name}\`${didYouMean(name, playbooks.keys())}`);
    }
    const verify = site.verification?.playbook;
    if (verify !== undefined && !playbooks.has(verify)) {
      const hint = didYouMean(verify, playbooks.keys());
      siteFile.report(['verification', 'playbook'], `no playbook is called \`${verify}\`${hint}`);
    }
    reportUnusedOperations(siteFile, operations, rest);
  }
  const problems = problemsOf(files);
  if (problems.length > 0) throw invalid(problems);
  return { site, playbooks };
}

/** Operations that the site declares and no playbook calls are a misspelling or a left-over. */
function reportUnusedOperations(
  siteFile: SourceFile,
  operations: ReadonlyMap<string, OperationPlan>,
  files: readonly SourceFile[],
): void {
  const called = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (isMap(value)) {
      called.add(value.look_up);
      called.add(value.do);
    }
    for (const item of Object.values(value)) visit(item);
  };
  for (const file of files) visit(file.value);
  for (const name of operations.keys()) {
    if (!called.has(name)) siteFile.reportKey(['operations'], name, `no playbook calls \`${name}\``);
  }
}

function problemsOf(files: readonly SourceFile[]): string[] {
  const byPlace = (a: Problem, b: Problem) =>
    a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column;
  const lines = files
    .flatMap(({ problems }) => problems)
    .sort(byPlace)
    .map(describeProblem);
  return [...new Set(lines)];
}

function invalid(lines: readonly string[]): SegueError {
  const count = lines.length === 1 ? '1 problem' : `${lines.length} problems`;
  return new SegueError('PLAYBOOK_INVALID', `${count}:\n${lines.join('\n')}`);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
