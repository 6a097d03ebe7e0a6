import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../launch/children.js';
import { progress } from '../launch/report.js';
import { sourcesHash } from './sources.ts';
import type { Step } from './step.ts';

const SOURCES = ['server', 'shared', 'demo', 'package-lock.json'];

/**
 * Has Node compile the server's modules into its cache, so that the first start is as quick and as small as the later
 * ones: a thread whose types are stripped already needs no stripper of its own.
 */
export const compileStep: Step = {
  name: 'compile',
  async run(host) {
    const cache = host.env.NODE_COMPILE_CACHE;
    if (!cache) return { state: 'missing', note: 'no NODE_COMPILE_CACHE; every start compiles anew' };
    const key = `${process.version} ${sourcesHash(host.root, SOURCES)}`;
    const stamp = join(cache, 'segue-sources');
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key)
      return { state: 'ready', note: 'server is compiled' };
    progress('  compiling the server');
    const { code } = await run(process.execPath, ['scripts/setup/compileServer.ts'], {
      cwd: host.root,
      env: host.env,
    });
    if (code !== 0)
      return { state: 'missing', note: 'the server was not compiled ahead; it compiles as it starts' };
    writeFileSync(stamp, key);
    return { state: 'made', note: 'server compiled' };
  },
};
