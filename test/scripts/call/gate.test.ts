import { describe, expect, test } from 'vitest';
import { audiblePart, EnergyGate, type Sound } from '../../../scripts/call/gate.ts';
import { join, silence, tone } from './tone.ts';

function listen(hangMs: number) {
  const gate = new EnergyGate(hangMs);
  const starts: number[] = [];
  const sounds: Sound[] = [];
  gate.on('start', (atMs) => starts.push(atMs));
  gate.on('end', (sound) => sounds.push(sound));
  return { gate, starts, sounds };
}

describe('the energy gate', () => {
  test('dates the first and the last audible moment in the time of the samples', () => {
    const { gate, starts, sounds } = listen(200);
    gate.push(join(silence(100), tone(300), silence(300)), 1000);
    expect(starts).toEqual([1100]);
    expect(sounds).toEqual([{ fromMs: 1100, toMs: 1400 }]);
  });

  test('a pause shorter than the hang time does not end a sound', () => {
    const { gate, starts, sounds } = listen(400);
    gate.push(join(tone(100), silence(300), tone(100)), 0);
    expect(starts).toEqual([0]);
    expect(sounds).toEqual([]);
    gate.push(silence(500), 500);
    expect(sounds).toEqual([{ fromMs: 0, toMs: 500 }]);
  });

  test('silence is noticed when samples stop coming', () => {
    const { gate, sounds } = listen(200);
    gate.push(tone(100), 0);
    gate.tick(250);
    expect(sounds).toEqual([]);
    gate.tick(300);
    expect(sounds).toEqual([{ fromMs: 0, toMs: 100 }]);
  });

  test('a click of one window is not a sound', () => {
    const { gate, starts } = listen(200);
    gate.push(join(silence(50), tone(5), silence(50)), 0);
    expect(starts).toEqual([]);
  });

  test('comfort noise is not a sound', () => {
    const { gate, starts } = listen(200);
    gate.push(
      tone(500).map((sample) => sample * 0.004),
      0,
    );
    expect(starts).toEqual([]);
  });
});

test('the audible part of a clip leaves out the silence around it', () => {
  expect(audiblePart(join(silence(50), tone(100), silence(200), tone(50), silence(80)))).toEqual({
    fromMs: 50,
    toMs: 400,
  });
  expect(audiblePart(silence(500))).toBeNull();
});
