import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findChromium } from '../../../scripts/setup/browser.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segue-browser-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const program = (name: string) => {
  const file = join(folder, name);
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o755);
  return file;
};

describe('the browser for the tests', () => {
  it('is the one of SEGUE_CHROMIUM, and none other when that is no program', () => {
    const mine = program('mine');
    expect(findChromium({ SEGUE_CHROMIUM: mine, PATH: '' })).toBe(mine);
    program('chromium');
    expect(findChromium({ SEGUE_CHROMIUM: join(folder, 'gone'), PATH: folder })).toBeNull();
  });

  it('is the Chromium or Chrome of the PATH', () => {
    const chrome = program('google-chrome');
    expect(findChromium({ PATH: `/nowhere:${folder}` })).toBe(chrome);
    const chromium = program('chromium');
    expect(findChromium({ PATH: folder })).toBe(chromium);
  });
});
