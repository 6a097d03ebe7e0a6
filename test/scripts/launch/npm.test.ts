import { describe, expect, it } from 'vitest';
import { npmReason } from '../../../scripts/launch/npm.js';

describe('the reason why npm failed', () => {
  it('is the line that names the network or the disk', () => {
    const output =
      'npm error code ENOTFOUND\nnpm error network request to https://r.example failed\nnpm error A complete log of';
    expect(npmReason(output)).toBe('code ENOTFOUND');
  });

  it('is else the first line that says something', () => {
    expect(
      npmReason('npm error code EUSAGE\nnpm error\nnpm error The lock file is old.\nnpm error Run help'),
    ).toBe('The lock file is old.');
    expect(npmReason('')).toBe('npm failed');
  });
});
