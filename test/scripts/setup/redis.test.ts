import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findRedis } from '../../../scripts/database/findRedis.ts';
import { redisStep } from '../../../scripts/setup/redis.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'segue-setup-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const program = (name: string): string => {
  const file = join(dir, name);
  writeFileSync(file, '');
  chmodSync(file, 0o755);
  return file;
};

test('Redis’s program is the one that the environment says, else the one in the PATH', async () => {
  const mine = program('mine');
  expect(findRedis({ SEGUE_REDIS_SERVER: mine, PATH: '' })).toBe(mine);
  expect(findRedis({ SEGUE_REDIS_SERVER: join(dir, 'none'), PATH: dir })).toBeNull();
  expect(findRedis({ PATH: dir })).toBeNull();
  const server = program('redis-server');
  expect(findRedis({ PATH: `/nowhere:${dir}` })).toBe(server);
  const env = { PATH: dir };
  const host = { root: dir, cache: dir, env, platform: process.platform, arch: process.arch };
  expect(await redisStep.run(host)).toEqual({
    state: 'ready',
    note: server,
    env: { SEGUE_REDIS_SERVER: server },
  });
});
