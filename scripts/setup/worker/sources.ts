import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Patch = { file: string; from: string; to: string; why: string };

/** What has to change in mediasoup's sources to build against a distribution's libraries. */
export const patches: Patch[] = [
  {
    file: 'meson.build',
    from: "meson_version: '>= 1.1.0'",
    to: "meson_version: '>= 1.0.0'",
    why: 'meson 1.0 of Debian 12 builds it as well',
  },
  {
    file: 'src/RTC/DtlsTransport.cpp',
    from: '(operationType == BIO_CB_RETURN)',
    to: '(operationType & BIO_CB_RETURN)',
    why: 'an OpenSSL with kernel TLS reports other operations through this callback and needs their result',
  },
];

/** The folder of the local stand-ins for the bundled libraries. */
const OVERLAY = join(import.meta.dirname, 'overlay');

/** Changes whenever the patches or the stand-ins do, so that an old build folder is not resumed. */
export function recipeHash(): string {
  const hash = createHash('sha256').update(JSON.stringify(patches));
  for (const entry of readdirSync(OVERLAY, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name))
    .sort()) {
    hash.update(entry.slice(OVERLAY.length)).update(readFileSync(entry));
  }
  return hash.digest('hex');
}

/** Puts `patch` into the text of its file; throws when the sources are not the ones it was made for. */
export function applyPatch(text: string, patch: Patch): string {
  const parts = text.split(patch.from);
  if (parts.length !== 2) throw new Error(`${patch.file} does not contain "${patch.from}" exactly once`);
  return parts.join(patch.to);
}

/** Copies mediasoup's worker sources to `target`, patched. Does nothing when that is done already. */
export function prepareSources(workerSources: string, target: string): void {
  const stamp = join(target, '.recipe');
  const recipe = recipeHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === recipe) return;
  const fresh = `${target}.${process.pid}.tmp`;
  rmSync(target, { recursive: true, force: true });
  rmSync(fresh, { recursive: true, force: true });
  cpSync(workerSources, fresh, { recursive: true });
  for (const wrap of readdirSync(join(fresh, 'subprojects')).filter((name) => name.endsWith('.wrap'))) {
    rmSync(join(fresh, 'subprojects', wrap));
  }
  cpSync(OVERLAY, fresh, { recursive: true });
  for (const patch of patches) {
    const file = join(fresh, patch.file);
    writeFileSync(file, applyPatch(readFileSync(file, 'utf8'), patch));
  }
  writeFileSync(join(fresh, '.recipe'), recipe);
  renameSync(fresh, target);
}
