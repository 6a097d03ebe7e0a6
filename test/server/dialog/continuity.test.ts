import { describe, expect, it } from 'vitest';
import type { UnfinishedTask } from '../../../server/context/memory/memory.ts';
import {
  carriedOver,
  confirmationHolds,
  mayOffer,
  mayTell,
  priorityOf,
} from '../../../server/dialog/continuity.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.UTC(2026, 0, 5);
const signed = { channel: 'voice', signed: true, nowMs: NOW_MS } as const;
const anonymous = { ...signed, signed: false };
const task = (agoMs: number, declined = false): UnfinishedTask => ({
  taskId: 't1',
  playbook: 'returns',
  intent: 'return.continue',
  pending: null,
  slots: {},
  steps: {},
  parked: null,
  declined,
  atMs: NOW_MS - agoMs,
  channel: 'voice',
  contactId: 'call_1',
});
const told = (agoMs: number, certain = true) => ({ value: 'x', certain, atMs: NOW_MS - agoMs });

describe('an unfinished task', () => {
  it('is offered for a fortnight, and for a day to somebody whose name is not proven', () => {
    expect(mayOffer(task(13 * DAY_MS), signed, false)).toBe(true);
    expect(mayOffer(task(15 * DAY_MS), signed, false)).toBe(false);
    expect(mayOffer(task(23 * HOUR_MS), anonymous, false)).toBe(true);
    expect(mayOffer(task(25 * HOUR_MS), anonymous, false)).toBe(false);
  });

  it('that was declined waits until the caller brings it up', () => {
    expect(mayOffer(task(HOUR_MS, true), signed, false)).toBe(false);
    expect(mayOffer(task(HOUR_MS, true), signed, true)).toBe(true);
  });

  it('ranks the lower the older it is', () => {
    const ranks = [1, 5 * HOUR_MS, 3 * DAY_MS].map((agoMs) => priorityOf(task(agoMs), NOW_MS));
    expect([...ranks].sort((a, b) => b - a)).toEqual(ranks);
    expect(new Set(ranks).size).toBe(3);
  });
});

describe('a value from an earlier contact', () => {
  it('is kept for a week, then confirmed', () => {
    expect(carriedOver('number', told(6 * DAY_MS), signed)).toBe('keep');
    expect(carriedOver('number', told(8 * DAY_MS), signed)).toBe('confirm');
    expect(carriedOver('number', told(HOUR_MS, false), signed)).toBe('confirm');
  });

  it('is forgotten when it is private and the name is not proven', () => {
    for (const type of ['address', 'email', 'text'] as const) {
      expect(carriedOver(type, told(HOUR_MS), anonymous)).toBe('forget');
      expect(carriedOver(type, told(HOUR_MS), signed)).toBe('keep');
    }
    expect(carriedOver('choice', told(HOUR_MS), anonymous)).toBe('keep');
  });

  it('is told again only to whom it is proven to belong, and no address aloud', () => {
    expect(mayTell('number', signed)).toBe(true);
    expect(mayTell('number', anonymous)).toBe(false);
    expect(mayTell('address', signed)).toBe(false);
    expect(mayTell('address', { ...signed, channel: 'chat' })).toBe(true);
    expect(mayTell('email', { ...signed, channel: 'chat' })).toBe(false);
  });
});

describe('a confirmation', () => {
  it('holds in its own thread of messages for a day, and never in another contact by voice', () => {
    const email = { ...signed, channel: 'email' } as const;
    expect(confirmationHolds(NOW_MS - HOUR_MS, 'email', email)).toBe(true);
    expect(confirmationHolds(NOW_MS - 2 * DAY_MS, 'email', email)).toBe(false);
    expect(confirmationHolds(NOW_MS - HOUR_MS, 'email', signed)).toBe(false);
    expect(confirmationHolds(NOW_MS, 'voice', signed)).toBe(false);
  });
});
