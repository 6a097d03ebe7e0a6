import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pacer } from '../../../server/audio/pacer.ts';
import { FakeClock } from '../../fakes/clock.ts';

type Sent = { atMs: number; gapMs: number; loud: boolean };
const clip = (id: string, ms: number) => ({ id, pcm16k: new Float32Array(ms * 16).fill(0.5) });

describe('Pacer', () => {
  let clock: FakeClock;
  let pacer: Pacer;
  let sent: Sent[];
  beforeEach(() => {
    clock = new FakeClock();
    sent = [];
    pacer = new Pacer({
      clock,
      output: {
        frame: (pcm16k, gapMs) =>
          sent.push({ atMs: clock.nowMs(), gapMs, loud: pcm16k.some((one) => one !== 0) }),
      },
    });
  });

  it('sends the first frame at once, and runs 60 ms ahead', () => {
    pacer.play(clip('a', 400));
    expect(sent).toHaveLength(3);
    clock.advance(100);
    expect(sent).toHaveLength(8);
  });

  it('closed while it tells the end of a clip, sends nothing more, no pulse either', () => {
    const frames: number[] = [];
    const pulsing = new Pacer({ clock, pulseMs: 400, output: { frame: () => frames.push(clock.nowMs()) } });
    pulsing.onEnd(() => pulsing.close());
    pulsing.play(clip('goodbye', 100));
    clock.advance(1_000);
    const count = frames.length;
    clock.advance(5_000);
    expect(frames).toHaveLength(count);
    expect(clock.pending).toBe(0);
  });

  it('keeps real time for as long as a clip lasts', () => {
    pacer.play(clip('long', 60_000));
    clock.advance(30_000);
    expect(sent).toHaveLength(1503);
    expect(sent.every(({ gapMs }) => gapMs === 0)).toBe(true);
  });

  it('catches up after a stall of 200 ms without drift and without a gap', () => {
    pacer.play(clip('a', 2000));
    clock.advance(400);
    clock.stall(200);
    clock.advance(400);
    expect(sent).toHaveLength(53);
    expect(sent.every(({ gapMs }) => gapMs === 0)).toBe(true);
  });

  it('shifts the rest after a stall of seconds instead of flooding the far end', () => {
    pacer.play(clip('a', 8000));
    clock.advance(400);
    clock.stall(4000);
    expect(sent.filter(({ atMs }) => atMs === 4400).length).toBeLessThanOrEqual(4);
    clock.advance(9000);
    expect(sent.filter(({ loud }) => loud)).toHaveLength(400);
  });

  it('ends an utterance with some silence and then sends nothing', () => {
    pacer.play(clip('a', 100));
    clock.advance(1000);
    expect(sent.map(({ loud }) => loud)).toEqual([true, true, true, true, true, false, false, false]);
    expect(clock.pending).toBe(0);
  });

  it('joins a clip that comes while the one before still sounds', () => {
    pacer.play(clip('a', 100));
    clock.advance(90);
    pacer.play(clip('b', 100));
    clock.advance(400);
    expect(sent.every(({ gapMs }) => gapMs === 0)).toBe(true);
  });

  it('tells the real gap when it speaks again after silence', () => {
    pacer.play(clip('a', 100));
    clock.advance(1000);
    pacer.play(clip('b', 100));
    expect(sent.at(8)).toMatchObject({ atMs: 1000, gapMs: 1000 - 160 });
    expect(sent.slice(9).every(({ gapMs }) => gapMs === 0)).toBe(true);
  });

  it('fades what was cut off within 8 ms', () => {
    const samples: number[] = [];
    const fading = new Pacer({ clock, output: { frame: (pcm16k) => samples.push(...pcm16k) } });
    fading.play(clip('a', 1000));
    clock.advance(100);
    const before = samples.length;
    fading.stop();
    const tail = samples.slice(before);
    expect(tail[0]).toBeCloseTo(0.5, 1);
    expect(tail.indexOf(0)).toBeLessThanOrEqual(128);
  });

  it('subtracts its lead from what it says was played, across clips', () => {
    pacer.play(clip('a', 100));
    pacer.play(clip('b', 500));
    clock.advance(80);
    expect(pacer.stop()).toEqual({ id: 'a', playedMs: 80 });
    pacer.play(clip('c', 100));
    pacer.play(clip('d', 500));
    clock.advance(200);
    expect(pacer.stop()?.id).toBe('d');
  });

  it('accounts for every millisecond, whatever is played when', () => {
    const acts = fc.array(
      fc.record({ waitMs: fc.nat(400), clipMs: fc.integer({ min: 1, max: 500 }), stalls: fc.boolean() }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(acts, (list) => {
        const time = new FakeClock();
        let mediaMs = 0;
        let loud = 0;
        const tested = new Pacer({
          clock: time,
          output: {
            frame: (pcm16k, gapMs) => {
              mediaMs += gapMs + 20;
              loud += pcm16k.filter((sample) => sample !== 0).length;
              expect(gapMs).toBeGreaterThanOrEqual(0);
              expect(mediaMs - time.nowMs()).toBeLessThan(60 + 20);
            },
          },
        });
        let started = 0;
        let ended = 0;
        tested.onStart(() => (started += 1));
        tested.onEnd(() => (ended += 1));
        for (const { waitMs, clipMs, stalls } of list) {
          tested.play(clip('x', clipMs));
          if (stalls) time.stall(waitMs);
          else time.advance(waitMs);
        }
        time.advance(12_000);
        expect(loud).toBe(list.reduce((sum, { clipMs }) => sum + clipMs * 16, 0));
        expect([started, ended]).toEqual([list.length, list.length]);
        expect(time.pending).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
