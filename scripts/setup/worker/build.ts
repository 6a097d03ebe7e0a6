import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { run } from '../../launch/children.js';
import { progress, say } from '../../launch/report.js';
import { prepareSources } from './sources.ts';
import { ensureToolchain } from './toolchain.ts';
import { workerRuns } from './verify.ts';

const OPTIONS = [
  '--buildtype=release',
  '-Db_ndebug=true',
  // Leaves out libwebrtc and abseil, which no distribution packages in the form needed.
  '-Dms_use_builtin_bwe=true',
  '--wrap-mode=nodownload',
];

/** The folder of an unfinished build; it is kept so that the next start goes on there. */
export function buildFolder(binary: string): string {
  return join(dirname(binary), 'build');
}

/**
 * Builds the worker from the sources in mediasoup's npm package against the system's libraries.
 * @returns null, or why it did not work, in one line
 */
export async function buildWorker(mediasoupFolder: string, binary: string): Promise<string | null> {
  const lacking = await ensureToolchain();
  if (lacking) return lacking;
  const folder = buildFolder(binary);
  const [sources, objects] = [join(folder, 'sources'), join(folder, 'objects')];
  say(
    existsSync(join(objects, 'build.ninja'))
      ? '  going on with the build of the mediasoup worker'
      : '  building the mediasoup worker from its npm sources (3 to 5 minutes on 2 cores)',
  );
  mkdirSync(folder, { recursive: true });
  prepareSources(join(mediasoupFolder, 'worker'), sources);
  const log = join(folder, 'build.log');
  const stages: [string, string[]][] = [
    ['meson', ['setup', objects, sources, ...OPTIONS]],
    ['ninja', ['-C', objects, 'mediasoup-worker']],
  ];
  for (const [command, args] of stages) {
    if (command === 'meson' && existsSync(join(objects, 'build.ninja'))) continue;
    const { code, output } = await run(command, args, {
      onLine: (line) => /^\[\d+\/\d+\]/.test(line) && progress(`  worker ${line}`),
    });
    if (code === 0) continue;
    writeFileSync(log, output);
    const reason = output
      .split('\n')
      .find((line) => /error|FAILED/i.test(line))
      ?.trim();
    return `the build failed (${reason ?? `${command} ended with code ${code}`}); all of it in ${log}`;
  }
  const built = join(objects, basename(binary));
  if (!(await workerRuns(built))) return `the built worker does not run: ${built}`;
  const fresh = `${binary}.${process.pid}.tmp`;
  copyFileSync(built, fresh);
  chmodSync(fresh, 0o755);
  renameSync(fresh, binary);
  rmSync(folder, { recursive: true, force: true });
  return null;
}
