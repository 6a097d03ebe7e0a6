import { readSlot } from '../../../../server/dialog/understanding/readSlot.ts';
import type { SlotQuestion, SlotReading, SlotSpec } from '../../../../server/dialog/understanding/slot.ts';

/** A Sunday. */
export const TODAY = '2026-11-22';

/** Readings of `text` for a slot that was asked for, unless `more` says otherwise. */
export function ask(
  spec: SlotSpec | SlotSpec['type'],
  text: string,
  more: Partial<SlotQuestion> = {},
): SlotReading[] {
  return readSlot({
    spec: typeof spec === 'string' ? { type: spec } : spec,
    text,
    alternatives: [],
    language: 'en',
    today: TODAY,
    known: [],
    asked: true,
    ...more,
  });
}

export const best = (...args: Parameters<typeof ask>) => ask(...args)[0];
export const value = (...args: Parameters<typeof ask>) => ask(...args)[0]?.value;
