import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientStep } from '../../../scripts/setup/client.ts';
import type { Host } from '../../../scripts/setup/step.ts';

// Stands for the bundler: writes a bundle and counts its runs; a source "broken" makes it fail.
const BUNDLER = `
  const fs = require('node:fs');
  if (fs.readFileSync('client/a.ts', 'utf8') === 'broken') process.exit(1);
  fs.mkdirSync('dist/client', { recursive: true });
  fs.appendFileSync('dist/client/runs', 'x');`;

let root: string;
const file = (...path: string[]) => join(root, ...path);
const runs = () => readFileSync(file('dist', 'client', 'runs'), 'utf8').length;
const step = async () => {
  const host: Host = {
    root,
    cache: file('cache'),
    env: process.env,
    platform: process.platform,
    arch: process.arch,
  };
  return (await clientStep.run(host)).state;
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'segue-client-'));
  mkdirSync(file('client'));
  mkdirSync(file('node_modules', 'vite', 'bin'), { recursive: true });
  writeFileSync(file('node_modules', 'vite', 'bin', 'vite.js'), BUNDLER);
  writeFileSync(file('client', 'a.ts'), 'one');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the client’s build', () => {
  it('is done once, and again when a source changed', async () => {
    expect(await step()).toBe('made');
    expect(await step()).toBe('ready');
    writeFileSync(file('client', 'a.ts'), 'two');
    expect(await step()).toBe('made');
    writeFileSync(file('vite.config.ts'), '');
    expect(await step()).toBe('made');
    expect(await step()).toBe('ready');
    expect(runs()).toBe(3);
  });

  it('is done again when its result was removed', async () => {
    await step();
    rmSync(file('dist', 'client'), { recursive: true });
    expect(await step()).toBe('made');
  });

  it('is tried again after a failure', async () => {
    writeFileSync(file('client', 'a.ts'), 'broken');
    expect(await step()).toBe('missing');
    writeFileSync(file('client', 'a.ts'), 'mended');
    expect(await step()).toBe('made');
  });

  it('is done by one of two set-ups that start together', async () => {
    expect((await Promise.all([step(), step()])).sort()).toEqual(['made', 'ready']);
    expect(runs()).toBe(1);
  });
});
