import type { ReadSlot, SlotType } from './slot.ts';
import { readAddress } from './slots/address.ts';
import { readAmount } from './slots/amount.ts';
import { readChoice } from './slots/choice.ts';
import { readDate, warmUpDates } from './slots/date.ts';
import { readEmail } from './slots/email.ts';
import { readNumber } from './slots/number.ts';
import { readText } from './slots/text.ts';
import { readYesNo } from './slots/yesNo.ts';

const READERS: Readonly<Record<SlotType, ReadSlot>> = {
  number: readNumber,
  date: readDate,
  amount: readAmount,
  email: readEmail,
  yesNo: readYesNo,
  choice: readChoice,
  address: readAddress,
  text: readText,
};

/** A pure function of its question; no step of it takes longer than a few milliseconds after `warmUpSlots`. */
export const readSlot: ReadSlot = (question) => READERS[question.spec.type](question);

/** Call once at start for each language in use: patterns are compiled before the first call, and not in it. */
export const warmUpSlots = (languages: readonly string[]): void => languages.forEach(warmUpDates);
