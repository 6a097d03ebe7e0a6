import { describe, expect, it } from 'vitest';
import { LiveRegion } from '../../../client/panel/liveRegion.ts';
import { FakeClock } from '../../fakes/clock.ts';

describe("the panel's live region", () => {
  it('gets its text once it has been there for a moment, each time that the panel is opened', () => {
    const clock = new FakeClock();
    let drawn = 0;
    const region = new LiveRegion(clock, () => (drawn += 1));
    region.rendered(false);
    expect([region.ready, clock.pending]).toEqual([false, 0]);
    for (const times of [1, 2]) {
      region.rendered(true);
      region.rendered(true);
      expect(region.ready).toBe(false);
      clock.advance(1_000);
      expect([region.ready, drawn]).toEqual([true, times]);
      region.rendered(false);
      expect(region.ready).toBe(false);
    }
    region.rendered(true);
    region.close();
    expect([region.ready, clock.pending]).toEqual([false, 0]);
  });
});
