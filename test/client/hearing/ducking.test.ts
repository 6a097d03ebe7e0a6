import { beforeEach, describe, expect, it } from 'vitest';
import { DUCKED, Ducking } from '../../../client/hearing/ducking.ts';
import { FakeClock } from '../../fakes/clock.ts';

describe('lowering the assistant’s voice', () => {
  let clock: FakeClock;
  let gains: number[];
  let ducking: Ducking;
  beforeEach(() => {
    clock = new FakeClock();
    gains = [];
    ducking = new Ducking(clock, (gain) => gains.push(gain));
    ducking.assistant(true);
  });

  it('happens at once when the device hears the caller', () => {
    ducking.device(true);
    expect(gains).toEqual([DUCKED]);
  });

  it('goes further down where the device does not cancel its echo', () => {
    ducking.echoCancelled = false;
    ducking.device(true);
    expect(gains).toEqual([0.1]);
  });

  it('does not happen while the assistant is silent', () => {
    ducking.assistant(false);
    ducking.device(true);
    clock.advance(5_000);
    expect(gains).toEqual([]);
  });

  it('happens when the assistant begins while the caller talks', () => {
    ducking.assistant(false);
    ducking.device(true);
    ducking.assistant(true);
    expect(gains).toEqual([DUCKED]);
  });

  it('is undone soon after a cough', () => {
    ducking.device(true);
    clock.advance(200);
    ducking.device(false);
    clock.advance(149);
    expect(gains).toEqual([DUCKED]);
    clock.advance(1);
    expect(gains).toEqual([DUCKED, 1]);
  });

  it('is undone when the server does not agree, until the device hears a fresh beginning', () => {
    ducking.device(true);
    clock.advance(900);
    expect(gains).toEqual([DUCKED, 1]);
    clock.advance(5_000);
    ducking.device(false);
    ducking.device(true);
    expect(gains).toEqual([DUCKED, 1, DUCKED]);
  });

  it('stays while the server agrees, and is undone when the server says that it is over', () => {
    ducking.device(true);
    ducking.server(true);
    clock.advance(4_000);
    expect(gains).toEqual([DUCKED]);
    ducking.server(false);
    clock.advance(150);
    expect(gains).toEqual([DUCKED, 1]);
  });

  it('lasts until the last of what the assistant said has been heard, and the answer begins at full level', () => {
    ducking.device(true);
    ducking.server(true);
    ducking.assistant(false);
    clock.advance(299);
    expect(gains).toEqual([DUCKED]);
    ducking.server(false);
    ducking.device(false);
    ducking.assistant(true);
    expect(gains).toEqual([DUCKED, 1]);
    clock.advance(5_000);
    expect(gains).toEqual([DUCKED, 1]);
  });

  it('leaves full level and no timer behind', () => {
    ducking.device(true);
    ducking.close();
    expect(gains).toEqual([DUCKED, 1]);
    expect(clock.pending).toBe(0);
  });
});
