import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheDir, libvoskFile, modelDir, workerBinary } from '../../shared/cache.ts';

describe('the cache directory', () => {
  const linux = { env: {}, platform: 'linux', home: '/home/ada' };

  it('is the one of SEGUE_CACHE_DIR, made absolute', () => {
    expect(cacheDir({ ...linux, env: { SEGUE_CACHE_DIR: '/x/y' } })).toBe(resolve('/x/y'));
    expect(cacheDir({ ...linux, env: { SEGUE_CACHE_DIR: 'here' } })).toBe(resolve('here'));
  });

  it('follows the XDG standard, which ignores a relative path', () => {
    expect(cacheDir({ ...linux, env: { XDG_CACHE_HOME: '/var/c' } })).toBe(join('/var/c', 'segue'));
    expect(cacheDir({ ...linux, env: { XDG_CACHE_HOME: 'c' } })).toBe(join('/home/ada', '.cache', 'segue'));
  });

  it('is where each system keeps caches', () => {
    expect(cacheDir(linux)).toBe(join('/home/ada', '.cache', 'segue'));
    expect(cacheDir({ ...linux, platform: 'darwin' })).toBe(join('/home/ada', 'Library', 'Caches', 'segue'));
    const windows = { platform: 'win32', home: 'C:\\Users\\ada' };
    expect(cacheDir({ ...windows, env: { LOCALAPPDATA: 'D:\\local' } })).toBe(join('D:\\local', 'segue'));
    expect(cacheDir({ ...windows, env: {} })).toBe(join('C:\\Users\\ada', 'AppData', 'Local', 'segue'));
  });
});

describe('places in the cache', () => {
  it('are one a model, one a worker version and platform', () => {
    expect(modelDir('/c', 'vosk-en')).toBe(join('/c', 'models', 'vosk-en'));
    expect(workerBinary('/c', '3.1.0', 'linux', 'x64')).toBe(
      join('/c', 'mediasoup-worker', '3.1.0-linux-x64', 'mediasoup-worker'),
    );
    expect(workerBinary('/c', '3.1.0', 'win32', 'x64')).toMatch(/mediasoup-worker\.exe$/);
  });

  it('are null for a Vosk library that is not published', () => {
    expect(libvoskFile('/c', 'linux', 'x64')).toBe(join('/c', 'models', 'libvosk', 'libvosk.so'));
    expect(libvoskFile('/c', 'darwin', 'arm64')).toMatch(/libvosk\.dylib$/);
    expect(libvoskFile('/c', 'linux', 'arm64')).toBeNull();
  });
});
