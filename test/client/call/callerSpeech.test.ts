import { expect, it } from 'vitest';
import { CallerSpeech } from '../../../client/call/callerSpeech.ts';

it('is told once, by whoever hears it first', () => {
  const speech = new CallerSpeech();
  expect([speech.device(true), speech.server(true), speech.device(false), speech.server(false)]).toEqual([
    true,
    null,
    null,
    false,
  ]);
});

it('is the server’s alone where the device hears nothing', () => {
  const speech = new CallerSpeech();
  expect([speech.server(true), speech.server(true), speech.server(false)]).toEqual([true, null, false]);
});

it('ends when the server says so, until the device hears a fresh beginning', () => {
  const speech = new CallerSpeech();
  expect([speech.device(true), speech.server(true), speech.server(false)]).toEqual([true, null, false]);
  expect([speech.device(false), speech.device(true)]).toEqual([null, true]);
});

it('is over when the call mutes the caller', () => {
  const speech = new CallerSpeech();
  speech.device(true);
  expect([speech.reset(), speech.reset()]).toEqual([false, null]);
});
