import { pickLanguage } from '../../../shared/language.ts';
import { numberWords } from './numberWords/index.ts';
import { noonOf } from './slots/calendar.ts';

/** How values are spoken back. Captions keep the written form. */

const SIGNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  en: { '@': 'at', '.': 'dot', '-': 'dash', _: 'underscore', '+': 'plus' },
  es: { '@': 'arroba', '.': 'punto', '-': 'guion', _: 'guion bajo', '+': 'más' },
  fr: { '@': 'arobase', '.': 'point', '-': 'tiret', _: 'tiret bas', '+': 'plus' },
  de: { '@': 'at', '.': 'Punkt', '-': 'Bindestrich', _: 'Unterstrich', '+': 'plus' },
  pt: { '@': 'arroba', '.': 'ponto', '-': 'hífen', _: 'sublinhado', '+': 'mais' },
  ar: { '@': 'آت', '.': 'نقطة', '-': 'شرطة', _: 'شرطة سفلية', '+': 'زائد' },
};

/** Longest value that is spoken whole. */
const LONGEST = 80;

/** "10427" → "one zero four, two seven": digit by digit, a pause after every group. Letters are spelled. */
export function speakNumber(value: string, language: string): string {
  const { digits } = numberWords(language);
  return value
    .slice(0, LONGEST)
    .split(/[^\p{L}\p{N}]+/u)
    .flatMap((part) => part.match(/\d+|\D+/g) ?? [])
    .flatMap((part) => (/^\d/.test(part) ? grouped(part) : [part.toUpperCase()]))
    .map((group) => [...group].map((sign) => digits[Number(sign)] ?? sign).join(' '))
    .join(', ');
}

/** Groups of three, and of two at the end where three would leave one alone. */
export function grouped(digits: string): string[] {
  const groups: string[] = [];
  let rest = digits;
  while (rest.length > 4 || rest.length === 3) {
    groups.push(rest.slice(0, 3));
    rest = rest.slice(3);
  }
  if (rest.length === 4) groups.push(rest.slice(0, 2), rest.slice(2));
  else if (rest.length > 0) groups.push(rest);
  return groups;
}

/** "2026-05-03" → "Sunday, May 3rd"; the year is said when it is not that of `today`. Unreadable dates come back as they are. */
export function speakDate(date: string, language: string, today?: string): string {
  const noon = noonOf(date);
  if (!noon) return date;
  const withYear = today !== undefined && today.slice(0, 4) !== date.slice(0, 4);
  const picked = pickLanguage([language]);
  const year: Intl.DateTimeFormatOptions = withYear ? { year: 'numeric' } : {};
  if (picked !== 'en') {
    return new Intl.DateTimeFormat(picked, {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      ...year,
    }).format(noon);
  }
  const day = noon.getDate();
  const head = new Intl.DateTimeFormat('en', { weekday: 'long', month: 'long' }).formatToParts(noon);
  const named = (type: Intl.DateTimeFormatPartTypes) => head.find((part) => part.type === type)?.value ?? '';
  return `${named('weekday')}, ${named('month')} ${day}${ordinalSuffix(day)}${withYear ? `, ${noon.getFullYear()}` : ''}`;
}

function ordinalSuffix(day: number): string {
  const rule = new Intl.PluralRules('en', { type: 'ordinal' }).select(day);
  return { one: 'st', two: 'nd', few: 'rd', other: 'th', many: 'th', zero: 'th' }[rule];
}

/** 4990 cents of "EUR" → "49 euros and 90 cents"; without a known currency "49.90". */
export function speakAmount(cents: number, currency: string | null, language: string): string {
  const picked = pickLanguage([language]);
  const value = Math.round(cents) / 100;
  if (!currency || !/^[A-Z]{3}$/.test(currency))
    return new Intl.NumberFormat(picked, { minimumFractionDigits: 2 }).format(value);
  const named = (amount: number) =>
    new Intl.NumberFormat(picked, {
      style: 'currency',
      currency,
      currencyDisplay: 'name',
      maximumFractionDigits: 2,
      minimumFractionDigits: Number.isInteger(amount) ? 0 : 2,
    }).format(amount);
  if (picked !== 'en' || !['USD', 'EUR', 'GBP'].includes(currency) || value < 0) return named(value);
  const whole = Math.trunc(value);
  const rest = Math.round(cents) % 100;
  // The region's name in front ("US dollars") is what the caller expects anyway.
  const units = named(whole).replace(/\b(?:US|British) /, '');
  const part = currency === 'GBP' ? (rest === 1 ? 'penny' : 'pence') : rest === 1 ? 'cent' : 'cents';
  if (rest === 0) return units;
  return whole === 0 ? `${rest} ${part}` : `${units} and ${rest} ${part}`;
}

/** "jane.doe@example.com" → "jane dot doe, at example dot com"; names that cannot be spoken are spelled. */
export function speakEmail(email: string, language: string): string {
  const signs = SIGNS[pickLanguage([language])] ?? {};
  const { digits } = numberWords(language);
  return email
    .slice(0, LONGEST)
    .split(/([@._+-]|\d)/)
    .filter(Boolean)
    .map((piece) => {
      if (Object.hasOwn(signs, piece)) return piece === '@' ? `, ${signs[piece]}` : (signs[piece] ?? piece);
      if (/^\d$/.test(piece)) return digits[Number(piece)] ?? piece;
      return isSpeakable(piece) ? piece : [...piece].join(' ');
    })
    .join(' ')
    .replace(/ ,/g, ',');
}

/** A piece without a vowel is no word. */
const isSpeakable = (piece: string): boolean =>
  piece.length > 2 && (/[aeiouy]/i.test(piece) || !/^[a-z]+$/i.test(piece));
