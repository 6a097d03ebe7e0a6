import { beforeEach, describe, expect, it } from 'vitest';
import { Pacer } from '../../server/audio/pacer.ts';
import type { Clip, Player } from '../../server/audio/player.ts';
import type { Clock } from '../../shared/clock.ts';
import { FakeClock } from '../fakes/clock.ts';

type Output = { frame(pcm16k: Float32Array, gapMs: number): void };

const players: [name: string, open: (clock: Clock, output: Output) => Player][] = [
  ['Pacer', (clock, output) => new Pacer({ clock, output })],
];

const clip = (id: string, ms: number, level = 0.5): Clip => ({
  id,
  pcm16k: new Float32Array(ms * 16).fill(level),
});

describe.each(players)('Player port: %s', (_, open) => {
  let clock: FakeClock;
  let player: Player;
  let heard: number[];
  let events: string[];
  beforeEach(() => {
    clock = new FakeClock({ nowMs: 500 });
    heard = [];
    events = [];
    player = open(clock, { frame: (pcm16k) => heard.push(...pcm16k) });
    player.onStart((id) => events.push(`${clock.nowMs() - 500} start ${id}`));
    player.onEnd((id) => events.push(`${clock.nowMs() - 500} end ${id}`));
  });
  const soundMs = (level = 0.5) => heard.filter((sample) => Math.abs(sample - level) < 1e-6).length / 16;

  it('plays clips in order, each whole, without a gap between them', () => {
    player.play(clip('a', 110, 0.1));
    player.play(clip('b', 95, 0.2));
    player.play(clip('c', 60, 0.3));
    clock.advance(400);
    expect([soundMs(0.1), soundMs(0.2), soundMs(0.3)]).toEqual([110, 95, 60]);
    const sounding = heard.slice(0, (110 + 95 + 60) * 16);
    expect(sounding.every((sample) => sample > 0)).toBe(true);
    expect(sounding).toEqual([...sounding].sort((a, b) => a - b));
  });

  it('tells the start and the end of each clip when they are heard', () => {
    player.play(clip('a', 100));
    player.play(clip('b', 100));
    clock.advance(300);
    expect(events).toEqual(['0 start a', '100 end a', '100 start b', '200 end b']);
  });

  it('says where it was stopped, by what has been heard', () => {
    player.play(clip('a', 1000));
    clock.advance(420);
    expect(player.stop()).toEqual({ id: 'a', playedMs: 420 });
    clock.advance(2000);
    expect(events).toEqual(['0 start a']);
    expect(soundMs()).toBeLessThan(500);
  });

  it('stops without a click and drops what waits', () => {
    player.play(clip('a', 1000));
    player.play(clip('b', 1000, 0.9));
    clock.advance(200);
    player.stop();
    clock.advance(500);
    const steps = heard.map((sample, index) => Math.abs(sample - (heard[index - 1] ?? sample)));
    expect(Math.max(...steps)).toBeLessThan(0.02);
    expect(heard.at(-1)).toBe(0);
    expect(soundMs(0.9)).toBe(0);
  });

  it('is idle before the first clip and after the last', () => {
    expect(player.stop()).toBeNull();
    player.play(clip('a', 40));
    clock.advance(1000);
    expect(player.stop()).toBeNull();
    expect(clock.pending).toBe(0);
  });

  it('plays again after a stop', () => {
    player.play(clip('a', 1000));
    clock.advance(100);
    player.stop();
    player.play(clip('b', 100, 0.7));
    clock.advance(300);
    expect(soundMs(0.7)).toBe(100);
    expect(events.at(-1)).toMatch(/end b/);
  });

  it('ducks and comes back in a ramp', () => {
    player.play(clip('a', 1000));
    clock.advance(100);
    player.setGain(0.2);
    clock.advance(300);
    expect(heard.at(-1)).toBeCloseTo(0.1, 5);
    player.setGain(1);
    clock.advance(300);
    expect(heard.at(-1)).toBeCloseTo(0.5, 5);
    const steps = heard.map((sample, index) => Math.abs(sample - (heard[index - 1] ?? sample)));
    expect(Math.max(...steps)).toBeLessThan(0.01);
  });

  it('plays an empty clip as one that starts and ends', () => {
    player.play(clip('none', 0));
    player.play(clip('a', 40));
    clock.advance(200);
    expect(events.map((event) => event.replace(/^\d+ /, ''))).toEqual([
      'start none',
      'end none',
      'start a',
      'end a',
    ]);
    expect(soundMs()).toBe(40);
  });

  it('lets a listener play, stop and close', () => {
    player.onEnd((id) => {
      if (id === 'a') player.play(clip('b', 40));
      else player.close();
    });
    player.play(clip('a', 40));
    clock.advance(500);
    expect(soundMs()).toBe(80);
    player.play(clip('c', 40));
    clock.advance(500);
    player.close();
    expect(soundMs()).toBe(80);
    expect(clock.pending).toBe(0);
  });

  /** Words of 200 ms with gaps of 100 ms, each louder than the one before. */
  const words = (id: string, count: number): Clip => {
    const pcm16k = new Float32Array(count * 300 * 16);
    for (let at = 0; at < count; at += 1) pcm16k.fill(0.1 * (at + 1), at * 4_800, at * 4_800 + 3_200);
    return { id, pcm16k };
  };

  it('pauses at once without a click, and tells where', () => {
    player.play(clip('a', 1000));
    clock.advance(420);
    expect(player.pause()).toEqual({ id: 'a', playedMs: 420 });
    expect(player.pause()).toBeNull();
    const sent = heard.length;
    clock.advance(2000);
    expect(player.position()).toEqual({ id: 'a', playedMs: 420 });
    expect(heard.length - sent).toBeLessThanOrEqual(3 * 320);
    expect(heard.slice(sent).every((sample) => sample === 0)).toBe(true);
    const steps = heard.map((sample, index) => Math.abs(sample - (heard[index - 1] ?? sample)));
    expect(Math.max(...steps)).toBeLessThan(0.02);
    expect(events).toEqual(['0 start a']);
  });

  it('goes on in mid-clip, from the gap before the word that was cut off', () => {
    player.play(words('a', 5));
    player.play(clip('b', 100, 0.9));
    clock.advance(700);
    player.pause();
    clock.advance(1000);
    const before = heard.length;
    player.resume();
    clock.advance(2000);
    const again = heard.slice(before).filter((sample) => sample > 0.05);
    expect(again.some((sample) => Math.abs(sample - 0.2) < 1e-6)).toBe(false);
    expect(again.filter((sample) => Math.abs(sample - 0.3) < 1e-6).length / 16).toBeGreaterThan(150);
    expect(again.filter((sample) => Math.abs(sample - 0.5) < 1e-6).length / 16).toBe(200);
    expect(events.map((event) => event.replace(/^\d+ /, ''))).toEqual([
      'start a',
      'end a',
      'start b',
      'end b',
    ]);
    const endedMs = Number(events[1]?.split(' ')[0]);
    expect(endedMs).toBeGreaterThan(1700 + 1500 - 700);
    expect(endedMs).toBeLessThan(1700 + 1500 - 700 + 300);
  });

  it('paused, it keeps what is played for later, and drops it when stopped', () => {
    player.play(clip('a', 300));
    clock.advance(100);
    player.pause();
    player.play(clip('b', 100, 0.7));
    clock.advance(1000);
    expect(soundMs(0.7)).toBe(0);
    expect(player.stop()).toEqual({ id: 'a', playedMs: 100 });
    player.resume();
    clock.advance(1000);
    expect(soundMs(0.7)).toBe(0);
    expect(player.position()).toBeNull();
    player.play(clip('c', 100, 0.6));
    clock.advance(400);
    expect(soundMs(0.6)).toBe(100);
    expect(clock.pending).toBe(0);
  });

  it('does nothing when it is paused in silence or resumed without a pause', () => {
    expect(player.pause()).toBeNull();
    player.resume();
    player.play(clip('a', 100));
    player.resume();
    clock.advance(400);
    expect(soundMs()).toBe(100);
    expect(clock.pending).toBe(0);
  });
});
