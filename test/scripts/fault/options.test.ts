import { describe, expect, it } from 'vitest';
import { help, parseFault } from '../../../scripts/fault/options.ts';

const KNOWN = ['reload', 'server-kill'];

describe('npm run fault', () => {
  it('lists the faults when none is named', () => {
    expect(parseFault([], KNOWN)).toBeNull();
    expect(help([{ name: 'reload', about: 'the page is loaded anew' }])).toContain(
      'reload  the page is loaded anew',
    );
  });

  it('runs those that are named, once', () => {
    expect(parseFault(['server-kill'], KNOWN)).toMatchObject({ names: ['server-kill'], runs: 1, path: null });
    expect(parseFault(['all', '--runs', '3'], KNOWN)).toMatchObject({ names: KNOWN, runs: 3 });
  });

  it.each([
    [['earthquake'], /no fault “earthquake”; there are reload, server-kill/],
    [['reload', '--runs', '0'], /--runs/],
    [['reload', '--path', 'pigeon'], /--path/],
    [['reload', '--fast'], /--fast/],
  ])('says what is wrong with %j', (args, message) => {
    expect(() => parseFault(args, KNOWN)).toThrow(message);
  });
});
