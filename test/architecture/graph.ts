import { dirname, join, normalize } from 'node:path/posix';
import { parseSync } from 'oxc-parser';

/** One import of one file. `to` is a path in the project, or the bare name of a package. */
export type Edge = { from: string; to: string; type: boolean };

/** Source texts by path, relative to the project. */
export type Sources = Map<string, string>;

function target(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return normalize(join(dirname(from), specifier.replace(/\?.*$/, '')));
}

/** What a file imports: statements, re-exports and import() with a literal; types told apart. */
export function edgesOf(from: string, source: string): Edge[] {
  const { module, errors } = parseSync(from, source);
  if (errors[0]) throw new Error(`${from} cannot be parsed: ${errors[0].message}`);
  const edge = (specifier: string, type: boolean): Edge => ({ from, to: target(from, specifier), type });
  // `import { type A }` still loads the module; only `import type` does not.
  const statements = module.staticImports.map((item) =>
    edge(item.moduleRequest.value, /^import\s+type\b/.test(source.slice(item.start, item.end))),
  );
  const reExports = module.staticExports.flatMap((item) =>
    item.entries.flatMap((entry) =>
      entry.moduleRequest
        ? [edge(entry.moduleRequest.value, /^export\s+type\b/.test(source.slice(item.start, item.end)))]
        : [],
    ),
  );
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest }) => {
    const literal = /^(["'`])(.*)\1$/.exec(source.slice(moduleRequest.start, moduleRequest.end));
    return literal?.[2] ? [edge(literal[2], false)] : [];
  });
  return [...statements, ...reExports, ...dynamic];
}

/** All imports of all sources. */
export function edges(sources: Sources): Edge[] {
  return [...sources].flatMap(([file, source]) => edgesOf(file, source));
}

/** Import circles, each as the path around it, once. */
export function circles(all: Edge[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of all) next.set(from, [...(next.get(from) ?? []), to]);
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: string[]) => {
    const at = path.indexOf(file);
    if (at >= 0) {
      found.push([...path.slice(at), file]);
      return;
    }
    if (done.has(file)) return;
    for (const to of next.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return found;
}

/** The shortest way from any of `starts` to `goal` along `all`, or null. */
export function pathTo(all: Edge[], starts: string[], goal: (file: string) => boolean): string[] | null {
  const queue = starts.map((start) => [start]);
  const seen = new Set(starts);
  for (let path = queue.shift(); path; path = queue.shift()) {
    const last = path.at(-1) ?? '';
    if (goal(last)) return path;
    for (const { from, to } of all) {
      if (from !== last || seen.has(to)) continue;
      seen.add(to);
      queue.push([...path, to]);
    }
  }
  return null;
}
