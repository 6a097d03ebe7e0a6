import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensurePackages, inStep } from '../../../scripts/launch/packages.js';

const forMac = { version: '1.0.0', optional: true, os: ['darwin'], cpu: ['arm64'] };

describe('whether the packages are in step with the lock file', () => {
  const wanted = { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/a-mac': forMac };
  const ask = (installed: Parameters<typeof inStep>[1], platform = 'linux', arch = 'x64') =>
    inStep(wanted, installed, platform, arch);

  it('is so when each has its version and other platforms are left out', () => {
    expect(ask({ 'node_modules/a': { version: '1.0.0' } })).toBe(true);
  });

  it('is not so when nothing is installed', () => {
    expect(ask({})).toBe(false);
  });

  it('is not so when a version differs', () => {
    expect(ask({ 'node_modules/a': { version: '1.0.1' } })).toBe(false);
  });

  it('is not so when a package is left over', () => {
    expect(ask({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0' } })).toBe(
      false,
    );
  });

  it('is not so when the optional package for this very platform is missing', () => {
    expect(ask({ 'node_modules/a': { version: '1.0.0' } }, 'darwin', 'arm64')).toBe(false);
    expect(
      ask({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/a-mac': forMac }, 'darwin', 'arm64'),
    ).toBe(true);
  });
});

it('does not install through a link, which would empty the folder of another checkout', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'segue-packages-'));
  try {
    const [root, other] = [join(folder, 'one'), join(folder, 'other')];
    mkdirSync(root);
    mkdirSync(other);
    writeFileSync(join(other, 'kept'), '');
    symlinkSync(other, join(root, 'node_modules'));
    const packages = { '': {}, 'node_modules/a': { version: '1.0.0' } };
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
    await expect(ensurePackages(root, folder, process.execPath)).rejects.toThrow(/is a link/);
    expect(existsSync(join(other, 'kept'))).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
