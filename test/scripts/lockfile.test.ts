import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Lockfile, missingEntries, platformOf } from '../../scripts/lockfile.ts';

const root = join(import.meta.dirname, '..', '..');

describe('package-lock.json', () => {
  it('holds the optional packages of all platforms (else: node scripts/lockfile.ts)', () => {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lockfile;
    expect(Object.keys(missingEntries(lock))).toEqual([]);
  });
});

describe('the entries of other platforms', () => {
  it('are read off the packages that ask for them', () => {
    const asking = {
      version: '2.0.0',
      dev: true,
      optionalDependencies: { '@x/cli-linux-x64-musl': '2.0.0' },
    };
    expect(missingEntries({ packages: { 'node_modules/@x/cli': asking } })).toEqual({
      'node_modules/@x/cli-linux-x64-musl': {
        version: '2.0.0',
        dev: true,
        optional: true,
        os: ['linux'],
        cpu: ['x64'],
        libc: ['musl'],
      },
    });
  });

  it('carry the platform of the name', () => {
    expect(platformOf('@x/binding-win32-arm64-msvc')).toEqual({ os: ['win32'], cpu: ['arm64'] });
    expect(platformOf('@x/binding-linux-arm-gnueabihf')).toEqual({
      os: ['linux'],
      cpu: ['arm'],
      libc: ['glibc'],
    });
    expect(platformOf('@x/tool')).toBeNull();
  });
});
