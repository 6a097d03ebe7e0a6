import { beforeEach, describe, expect, it } from 'vitest';
import { LinePulse } from '../../../client/media/linePulse.ts';
import { FakeClock } from '../../fakes/clock.ts';

describe('LinePulse', () => {
  let clock: FakeClock;
  let packets: number;
  let told: string[];
  let pulse: LinePulse;
  /** Whether the browser tells when the last packet came. */
  let exact: boolean;
  let lastMs: number;
  beforeEach(() => {
    clock = new FakeClock();
    packets = 0;
    told = [];
    exact = false;
    lastMs = 0;
    const arrivals = async () => ({ packets, ageMs: exact ? clock.nowMs() - lastMs : null });
    pulse = new LinePulse(clock, arrivals, {
      onBeat: () => told.push('beat'),
      onDoubt: () => told.push('doubt'),
      onQuiet: () => told.push('quiet'),
    });
    return () => pulse.close();
  });
  const beat = async (times: number, everyMs = 400) => {
    for (let time = 0; time < times; time += 1) {
      packets += 1;
      lastMs = clock.nowMs();
      await clock.advanceAsync(everyMs);
    }
  };

  it('tells the first packet, and then nothing while they come', async () => {
    await clock.advanceAsync(5_000);
    expect(told).toEqual([]);
    await beat(20);
    expect(told).toEqual(['beat']);
  });

  it('tells that they stopped, and that they come again', async () => {
    await beat(5);
    await clock.advanceAsync(2_000);
    expect(told).toEqual(['beat', 'doubt', 'quiet']);
    await beat(1);
    expect(told).toEqual(['beat', 'doubt', 'quiet', 'beat']);
  });

  it('tells at once when it is asked to look', async () => {
    await beat(5);
    await clock.advanceAsync(2_000);
    packets += 1;
    await pulse.look();
    expect(told).toEqual(['beat', 'doubt', 'quiet', 'beat']);
  });

  it('doubts a line that stumbles, and that is all', async () => {
    await beat(5);
    await clock.advanceAsync(500);
    await beat(5);
    await clock.advanceAsync(500);
    await beat(1);
    expect(told).toEqual(['beat', 'doubt', 'beat', 'doubt', 'beat']);
  });

  it('doubts sooner while the assistant talks', async () => {
    await beat(50, 200);
    await clock.advanceAsync(250);
    expect(told).toEqual(['beat']);
    await beat(50, 20);
    await clock.advanceAsync(480);
    expect(told).toEqual(['beat', 'doubt']);
  });

  it('doubts not later than it must where the browser tells when the last packet came', async () => {
    exact = true;
    for (const more of [1, 2, 3, 4, 5, 6, 7]) {
      await beat(50 + more, 20);
      told.length = 0;
      await clock.advanceAsync(270);
      expect(told).toEqual([]);
      await clock.advanceAsync(70);
      expect(told).toEqual(['doubt']);
    }
  });

  it('does not take the silence after a sentence for a dead line', async () => {
    await beat(50, 20);
    await beat(20, 230);
    expect(told).toEqual(['beat']);
  });

  it('knows nothing of the time in which the page was asleep', async () => {
    await beat(5);
    clock.stall(60_000);
    await clock.advanceAsync(500);
    expect(told).toEqual(['beat']);
  });
});
