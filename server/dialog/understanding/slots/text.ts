import type { SlotQuestion, SlotReading } from '../slot.ts';
import { bounded } from '../words.ts';

/** Whatever was answered, with white space tidied; nothing when nobody asked. */
export function readText({ text, asked }: SlotQuestion): SlotReading[] {
  const value = bounded(text).replace(/\s+/g, ' ').trim();
  return asked && value ? [{ value, source: value, confidence: 0.9, resolved: false }] : [];
}
