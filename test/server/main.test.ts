import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '../../server/main.ts');

test('a database that cannot be meant is told in one line', { timeout: 60_000 }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'segue-main-'));
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN], {
    encoding: 'utf8',
    env: {
      ...process.env,
      DATABASE_URL: 'mysql://shop/segue',
      SEGUE_DATA_DIR: dir,
      SEGUE_DEMO_ORIGIN: 'http://localhost:1',
      SEGUE_DEMO_PORT: '1',
      SEGUE_DEMO_IDENTITY_SECRET: 'x'.repeat(40),
      SEGUE_DEMO_CHANNEL_KEY: 'y'.repeat(40),
    },
  });
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(stdout.trim().split('\n')).toEqual([expect.stringMatching(/^CONFIG_INVALID: .*DATABASE_URL/)]);
  rmSync(dir, { recursive: true });
});
