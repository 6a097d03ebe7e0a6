import { describe, expect, test } from 'vitest';
import { HELP, parseCommand, UsageError } from '../../../scripts/call/options.ts';

describe('the command line of the caller', () => {
  test('turns keep the order in which they are given, whatever their kind', () => {
    const command = parseCommand(['--say', 'hello', '--wav', 'a.wav', '--text', 'order 7', '--say', 'bye']);
    expect(command?.turns).toEqual([
      { kind: 'say', text: 'hello' },
      { kind: 'wav', file: 'a.wav' },
      { kind: 'text', text: 'order 7' },
      { kind: 'say', text: 'bye' },
    ]);
  });

  test('the origin is that of the demo shop unless told otherwise', () => {
    expect(parseCommand([])?.origin).toBe('http://127.0.0.1:3001');
    expect(parseCommand(['--url', 'https://voice.example'])?.origin).toBe('https://voice.example:444');
    expect(parseCommand(['--origin', 'https://shop.example/path'])?.origin).toBe('https://shop.example');
  });

  test('load and barge-in are numbers', () => {
    const command = parseCommand(['--calls', '8', '--ramp', '2.5', '--barge-in', '700', '--dtx']);
    expect(command).toMatchObject({ calls: 8, rampMs: 2500, bargeInMs: 700, dtx: true });
  });

  test.each([
    [['--calls', 'many'], /--calls/],
    [['--calls', '0'], /--calls/],
    [['--calls', '1.5'], /whole/],
    [['--ramp', '-1'], /--ramp/],
    [['--barge-in', ''], /--barge-in/],
    [['--url', 'localhost:3000'], /--url/],
    [['--voice', 'nobody'], /rms, awb/],
    [['--say', ' '], /--say/],
    [['--calls', '2', '--record', 'a.wav'], /--record/],
    [['--as', 'cus_jane', '--identity', 'a.b.c'], /--as/],
    [['--unknown'], /--unknown/],
    [['stray'], /stray/],
  ])('%j is refused in words', (args, message) => {
    expect(() => parseCommand(args)).toThrow(UsageError);
    expect(() => parseCommand(args)).toThrow(message);
  });

  test('the help is asked for and names every option', () => {
    expect(parseCommand(['--help', '--calls', 'x'])).toBeNull();
    for (const name of ['say', 'wav', 'text', 'url', 'context', 'identity', 'barge-in', 'record', 'json']) {
      expect(HELP).toContain(`--${name}`);
    }
  });
});
