import { beforeEach, describe, expect, test } from 'vitest';
import { NOT_YET, OverlapWatch } from '../../../server/call/overlapWatch.ts';
import type { Expectation } from '../../../server/turns/expectation.ts';
import { FakeClock } from '../../fakes/clock.ts';

let clock: FakeClock;
let watch: OverlapWatch;
let held: string | null;
let told: string[];
let expectation: Expectation;
let sounding: { text: string; remainingMs: number } | null;

beforeEach(() => {
  clock = new FakeClock({ nowMs: 1_000 });
  held = null;
  told = [];
  expectation = 'open';
  sounding = { text: 'your order has left our warehouse', remainingMs: 5_000 };
  watch = new OverlapWatch({
    clock,
    speaking: {
      hold: (how) => {
        held = how;
      },
      release: () => {
        held = null;
      },
      sounding: () => sounding,
    },
    language: 'en',
    expectation: () => expectation,
  });
  watch.on('interrupt', ({ reason, stopMs, decidedMs }) =>
    told.push(`interrupt ${reason} ${stopMs} ${decidedMs}`),
  );
  watch.on('drop', ({ reason, heldMs }) => told.push(`drop ${reason} ${heldMs}`));
});

/** So long a sound without words. */
function sound(ms: number): void {
  watch.begin(130);
  clock.advance(ms - 130 + 200);
  watch.speech(false, 200);
  watch.heard('', NOT_YET);
}

describe('speech over the assistant', () => {
  test('holds it at once, and stops it by words', () => {
    watch.begin(130);
    expect([held, watch.open]).toEqual(['silent', true]);
    clock.advance(300);
    watch.heard('where is my', null);
    expect(told).toEqual(['interrupt words 130 430']);
    expect(watch.open).toBe(false);
    expect(watch.conclude('where is my order', NOT_YET, false)).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('does not take the words of the turn before for those of this one', () => {
    expect(watch.conclude('where is my order then', NOT_YET, false)).toBe(true);
    watch.begin(130);
    clock.advance(300);
    expect(told).toEqual([]);
    watch.heard('okay', null);
    watch.speech(false, 200);
    watch.heard('okay', NOT_YET);
    expect(told).toEqual([expect.stringMatching(/^drop backchannel/)]);
  });

  test('lets it go on after a listener’s sound, which is no turn', () => {
    watch.begin(130);
    clock.advance(300);
    watch.heard('okay', null);
    watch.speech(false, 200);
    clock.advance(40);
    watch.heard('okay', NOT_YET);
    expect(told).toEqual(['drop backchannel 340']);
    expect(held).toBeNull();
    expect(watch.conclude('okay', NOT_YET, true)).toBe(false);
  });

  test('is the caller’s turn after all when more words follow the sound', () => {
    sound(300);
    expect(watch.conclude('okay where is it then', NOT_YET, true)).toBe(true);
  });

  test('answers a question in whose last words it falls', () => {
    expectation = 'yesNo';
    sounding = { text: 'is that right', remainingMs: 300 };
    watch.begin(130);
    watch.speech(false, 100);
    watch.heard('right', NOT_YET);
    expect(told[0]).toMatch(/^interrupt answer/);
  });

  test('is decided by its length when the recogniser does not answer', () => {
    watch.begin(130);
    watch.speech(false, 0);
    clock.advance(1_000);
    expect(told).toEqual([expect.stringMatching(/^drop sound/)]);
    watch.conclude('', NOT_YET, true);
    watch.begin(130);
    clock.advance(2_000);
    expect(told[1]).toMatch(/^interrupt long/);
    expect(clock.pending).toBe(0);
  });

  test('only turns it down after false alarms in a row', () => {
    for (let count = 0; count < 3; count += 1) {
      sound(300);
      watch.conclude('', NOT_YET, true);
    }
    watch.begin(130);
    expect(held).toBe('ducked');
    clock.advance(300);
    watch.heard('stop', null);
    expect(told.at(-1)).toBe('interrupt stop 430 430');
    watch.conclude('stop', NOT_YET, false);
    watch.begin(130);
    expect(held).toBe('silent');
  });

  test('a hint makes it silent before the server hears anything, and the server’s ears decide', () => {
    watch.hinted(true);
    expect([held, watch.open]).toEqual(['silent', false]);
    clock.advance(60);
    watch.begin(70);
    clock.advance(300);
    watch.heard('stop it now', null);
    expect(told).toEqual(['interrupt stop 10 370']);
    expect(clock.pending).toBe(0);
  });

  test('a hint that the server does not confirm is over after a quarter of a second', () => {
    watch.hinted(true);
    clock.advance(250);
    expect([held, told]).toEqual([null, ['drop hint 250']]);
    watch.hinted(true);
    watch.hinted(false);
    expect([held, told.length]).toEqual([null, 2]);
    watch.hinted(true);
    expect(held).toBeNull();
    expect(clock.pending).toBe(0);
  });

  test('a hint while the assistant is silent, or is held already, does nothing', () => {
    sounding = null;
    watch.hinted(true);
    expect([held, clock.pending]).toEqual([null, 0]);
    sounding = { text: 'your order', remainingMs: 3_000 };
    watch.begin(70);
    watch.hinted(true);
    watch.hinted(false);
    expect([held, watch.open]).toEqual(['silent', true]);
  });

  test('is unheard from the first sign of speech, silent when it is some, and heard again when it was none', () => {
    watch.suspect();
    expect([held, watch.open]).toEqual(['hushed', false]);
    watch.over();
    expect([held, told]).toEqual([null, []]);
    watch.suspect();
    clock.advance(32);
    watch.begin(64);
    expect(held).toBe('silent');
    watch.heard('where is my order', null);
    expect(told).toEqual(['interrupt words 32 64']);
  });

  test('goes on at once when what was found early was no speech', () => {
    watch.begin(64);
    clock.advance(32);
    watch.over();
    expect([held, told, clock.pending]).toEqual([null, ['drop sound 32'], 0]);
  });

  test('closed, it leaves no timer', () => {
    watch.hinted(true);
    watch.begin(130);
    watch.close();
    expect(clock.pending).toBe(0);
  });
});
