import { describe, expect, it } from 'vitest';
import { help, parseFault } from '../../../scripts/fault/options.ts';

const KNOWN = ['reload', 'server-kill'];
const parse = (args: string[]) => parseFault(args, KNOWN, ['soak']);

describe('npm run fault', () => {
  it('lists the faults when none is named', () => {
    expect(parse([])).toBeNull();
    expect(help([{ name: 'reload', about: 'the page is loaded anew' }], [])).toContain(
      'reload  the page is loaded anew',
    );
  });

  it('runs those that are named, once', () => {
    expect(parse(['server-kill'])).toMatchObject({ names: ['server-kill'], all: false, runs: 1, path: null });
    expect(parse(['all', '--runs', '3'])).toMatchObject({ names: KNOWN, all: true, runs: 3 });
  });

  it('runs what lasts only when it is named', () => {
    expect(parse(['soak', '--minutes', '2'])).toMatchObject({ names: ['soak'], minutes: 2, calls: 4 });
    expect(parse(['all'])?.names).not.toContain('soak');
  });

  it.each([
    [['earthquake'], /no fault “earthquake”; there are reload, server-kill, soak/],
    [['reload', '--runs', '0'], /--runs/],
    [['reload', '--path', 'pigeon'], /--path/],
    [['reload', '--fast'], /--fast/],
  ])('says what is wrong with %j', (args, message) => {
    expect(() => parse(args)).toThrow(message);
  });
});
