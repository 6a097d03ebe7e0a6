import { describe, expect, test } from 'vitest';
import { Sessions } from '../../../server/context/sessions.ts';
import { FakeClock } from '../../fakes/clock.ts';

const site = { siteKey: 'demo', language: 'en' } as const;
const HOUR_MS = 3_600_000;

describe('sessions', () => {
  test('are found by their id, and an unknown one is told', () => {
    const sessions = new Sessions(new FakeClock());
    const session = sessions.open(site);
    expect(sessions.get(session.id)).toBe(session);
    expect(() => sessions.get('ses_unknown')).toThrow(expect.objectContaining({ code: 'SESSION_UNKNOWN' }));
  });

  test('are forgotten after two idle hours, but not while they are used', () => {
    const clock = new FakeClock();
    const sessions = new Sessions(clock);
    const idle = sessions.open(site);
    const used = sessions.open(site);
    clock.advance(1.5 * HOUR_MS);
    used.touch();
    clock.advance(HOUR_MS);
    expect(sessions.size).toBe(1);
    expect(sessions.get(used.id)).toBe(used);
    expect(() => sessions.get(idle.id)).toThrow();
  });

  test('have a limit', () => {
    const sessions = new Sessions(new FakeClock(), { max: 2 });
    sessions.open(site);
    sessions.open(site);
    expect(() => sessions.open(site)).toThrow(expect.objectContaining({ code: 'CAPACITY_REACHED' }));
  });

  test('leave no timer behind', () => {
    const clock = new FakeClock();
    new Sessions(clock).close();
    expect(clock.pending).toBe(0);
  });
});
