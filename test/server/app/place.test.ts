import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeOf, openPlace } from '../../../server/app/place.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'segue-place-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const place = (node: string, dir = dataDir) => openPlace({ dataDir: dir, sessionSecret: undefined }, node);

test('the secret of session tokens is made once, and nobody else may read it', () => {
  const first = place('node_1').sessionSecret;
  expect(first).toHaveLength(32);
  expect(place('node_2').sessionSecret).toEqual(first);
  expect(statSync(join(dataDir, 'session.secret')).mode & 0o777).toBe(0o600);
});

test('a secret that was cut short is made anew', () => {
  writeFileSync(join(dataDir, 'session.secret'), 'ab');
  const secret = place('node_1').sessionSecret;
  expect(secret).toHaveLength(32);
  expect(place('node_2').sessionSecret).toEqual(secret);
});

test('the environment’s secret goes first', () => {
  const sessionSecret = new TextEncoder().encode('the secret of the environment');
  expect(openPlace({ dataDir, sessionSecret }, 'node_1').sessionSecret).toBe(sessionSecret);
});

test('knows the processes that were here before it, and takes no other for dead', () => {
  const before = place('node_1');
  const now = place('node_2');
  expect(now.wasHere(before.owner)).toBe(true);
  expect(now.wasHere(now.owner)).toBe(false);
  const elsewhere = mkdtempSync(join(tmpdir(), 'segue-place-'));
  expect(now.wasHere(place('node_3', elsewhere).owner)).toBe(false);
  rmSync(elsewhere, { recursive: true, force: true });
  expect(nodeOf(now.owner)).toBe('node_2');
});
