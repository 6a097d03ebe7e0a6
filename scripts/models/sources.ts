import { createHash } from 'node:crypto';
import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { Interrupted } from '../launch/children.js';
import { npm, npmReason } from '../launch/npm.js';
import { progress } from '../launch/report.js';
import { download } from '../setup/download.ts';
import type { Artifact, Source } from './manifest.ts';

/** A place to look for an artifact: what to call it in a message, and how to get it to `file`. */
type Place = { name: string; fetchTo(file: string): Promise<void> };

function mirrorPlace(mirror: string, model: string, artifact: Artifact): Place {
  if (/^https?:/.test(mirror)) {
    const url = `${mirror.replace(/\/$/, '')}/${model}/${artifact.file}`;
    return { name: 'mirror', fetchTo: (file) => download(url, file, artifact.file) };
  }
  const folder = mirror.startsWith('file:') ? fileURLToPath(mirror) : mirror;
  return {
    name: 'mirror',
    async fetchTo(file) {
      // A mirror may hold a folder for each model, or all files side by side.
      const found = [join(folder, model, artifact.file), join(folder, artifact.file)].find(existsSync);
      if (!found) throw new Error(`does not have ${artifact.file}`);
      copyFileSync(found, `${file}.part`);
      renameSync(`${file}.part`, file);
    },
  };
}

async function npmPack(spec: string, file: string): Promise<void> {
  const folder = `${file}.npm`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    progress(`  npm pack ${spec}`);
    const { code, output } = await npm(['pack', spec, '--ignore-scripts', '--pack-destination', folder]);
    const [tarball] = readdirSync(folder);
    if (code !== 0 || !tarball) throw new Error(npmReason(output));
    renameSync(join(folder, tarball), file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function place(source: Source, artifact: Artifact): Place {
  if (source.kind === 'npm') {
    return { name: `npm ${source.spec}`, fetchTo: (file) => npmPack(source.spec, file) };
  }
  return {
    name: new URL(source.url).host,
    fetchTo: (file) => download(source.url, file, artifact.file),
  };
}

/** SHA-256 of a file, hexadecimal. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/**
 * Gets one artifact to `file`, verified, from the first place that has it.
 * @throws Error whose message lists, in one line, why each place failed
 */
export async function fetchArtifact(
  model: string,
  artifact: Artifact,
  file: string,
  mirror: string | undefined,
): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const places = [
    ...(mirror ? [mirrorPlace(mirror, model, artifact)] : []),
    ...artifact.sources.map((source) => place(source, artifact)),
  ];
  const failures: string[] = [];
  for (const { name, fetchTo } of places) {
    try {
      await fetchTo(file);
      const sha256 = await sha256Of(file);
      if (sha256 === artifact.sha256) return;
      rmSync(file, { force: true });
      failures.push(`${name}: ${artifact.file} has SHA-256 ${sha256}, not ${artifact.sha256}; refused`);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      failures.push(`${name}: ${(error as Error).message}`);
    }
  }
  throw new Error(failures.join('; '));
}
