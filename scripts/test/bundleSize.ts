/** Checks what the widget costs a page: the launcher at once, the call's code on the first intent. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseSync } from 'oxc-parser';

/** Bytes, gzip -9; a KB here is 1000 bytes. */
export const LIMITS = { launcher: 10_000, call: 90_000 };

type Links = { now: string[]; later: string[] };

/** The scripts that a module loads: with it, and when it asks for them. */
export function linksOf(file: string, source: string): Links {
  const local = (specifier: string) => /^\.\.?\//.test(specifier);
  const { module } = parseSync(file, source);
  const now = module.staticImports.map((item) => item.moduleRequest.value);
  const reExports = module.staticExports.flatMap((item) =>
    item.entries.flatMap((entry) => entry.moduleRequest?.value ?? []),
  );
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
    const literal = /^["'`](.*)["'`]$/.exec(source.slice(start, end));
    return literal?.[1] ?? [];
  });
  // Worklets and workers are loaded by their address.
  const addressed = [...source.matchAll(/new URL\(\s*["'`]([^"'`]+\.js)["'`]/g)].map(
    (match) => match[1] ?? '',
  );
  return { now: [...now, ...reExports].filter(local), later: [...dynamic.filter(local), ...addressed] };
}

/** All scripts reachable from `entry`, those needed at once apart from the others. */
export function bundleOf(
  entry: string,
  read: (file: string) => string,
): { launcher: string[]; call: string[] } {
  const closure = (start: string[], follow: (links: Links) => string[]) => {
    const seen = new Set<string>();
    const queue = [...start];
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      const folder = dirname(file);
      queue.push(...follow(linksOf(file, read(file))).map((specifier) => resolve(folder, specifier)));
    }
    return seen;
  };
  const launcher = closure([resolve(entry)], (links) => links.now);
  const all = closure([resolve(entry)], (links) => [...links.now, ...links.later]);
  return { launcher: [...launcher], call: [...all].filter((file) => !launcher.has(file)) };
}

/** A page has one language, and what an attribute asks for is loaded only then. */
const ONE_OF = /^(?:ar|de|en|es|fr|pt)-/;
const ON_REQUEST = /^(?:bridge|denoiser|rnnoise|whisper|whisperWorker)-/;

/** Of the call's scripts those that a visitor of an ordinary page loads, whatever their language: `size` in bytes. */
export function loadedByOne(call: string[], size: (file: string) => number): number {
  const named = (pattern: RegExp) => (file: string) => pattern.test(basename(file));
  const languages = call.filter(named(ONE_OF));
  const always = call.filter((file) => !named(ONE_OF)(file) && !named(ON_REQUEST)(file));
  return always.reduce((total, file) => total + size(file), Math.max(0, ...languages.map(size)));
}

/** Sizes in bytes, each file compressed by itself as a server sends it. */
export function measure(folder: string): { launcher: number; call: number } {
  const { launcher, call } = bundleOf(join(folder, 'segue.js'), (file) => readFileSync(file, 'utf8'));
  const size = (file: string) => gzipSync(readFileSync(file), { level: 9 }).length;
  return { launcher: launcher.reduce((total, file) => total + size(file), 0), call: loadedByOne(call, size) };
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, '..', '..', 'dist', 'client');
  if (!existsSync(join(folder, 'segue.js'))) {
    console.error('bundle size: dist/client/segue.js is not there; the client was not built');
    process.exit(1);
  }
  const sizes = measure(folder);
  for (const part of ['launcher', 'call'] as const) {
    console.log(`${part}: ${(sizes[part] / 1000).toFixed(1)} KB gzip, allowed ${LIMITS[part] / 1000} KB`);
    if (sizes[part] > LIMITS[part]) process.exitCode = 1;
  }
}
