import { beforeEach, describe, expect, it } from 'vitest';
import { LineNotice } from '../../../client/call/lineNotice.ts';
import { FakeClock } from '../../fakes/clock.ts';

describe('a line that is lost', () => {
  let clock: FakeClock;
  let told: string[];
  let notice: LineNotice;
  beforeEach(() => {
    clock = new FakeClock();
    told = [];
    notice = new LineNotice(clock, {
      show: (what) => told.push(`show ${what}`),
      sound: { play: () => told.push('play'), stop: () => told.push('stop') },
    });
    notice.stateChanged('live');
  });

  it('is told after two seconds, to be seen and heard', () => {
    notice.stateChanged('reconnecting');
    clock.advance(1_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(['show lost', 'play']);
  });

  it('is not told when it is back sooner', () => {
    notice.stateChanged('reconnecting');
    clock.advance(1_500);
    notice.stateChanged('live');
    clock.advance(10_000);
    expect(told).toEqual([]);
  });

  it('falls silent at once when the line is back, and says so in writing for a while', () => {
    notice.stateChanged('reconnecting');
    clock.advance(3_000);
    told.length = 0;
    notice.stateChanged('live');
    expect(told).toEqual(['stop', 'show back']);
    clock.advance(4_000);
    expect(told.at(-1)).toBe('show null');
  });

  it('is heard no more often than every ten seconds, but seen each time', () => {
    const lose = () => {
      notice.stateChanged('reconnecting');
      clock.advance(2_500);
      notice.stateChanged('live');
      clock.advance(500);
    };
    lose();
    lose();
    lose();
    expect(told.filter((what) => what === 'play')).toHaveLength(1);
    expect(told.filter((what) => what === 'show lost')).toHaveLength(3);
    clock.advance(3_000);
    lose();
    expect(told.filter((what) => what === 'play')).toHaveLength(2);
  });

  it('says nothing any more when the call is over', () => {
    notice.stateChanged('reconnecting');
    clock.advance(3_000);
    notice.stateChanged('failed');
    expect(told).toEqual(['show lost', 'play', 'stop', 'show null']);
    notice.stateChanged('reconnecting');
    notice.close();
    clock.advance(10_000);
    expect(clock.pending).toBe(0);
    expect(told.filter((what) => what === 'play')).toHaveLength(1);
  });
});
