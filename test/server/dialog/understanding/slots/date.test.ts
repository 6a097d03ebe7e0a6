import { beforeAll, describe, expect, it } from 'vitest';
import { warmUpSlots } from '../../../../../server/dialog/understanding/readSlot.ts';
import { CERTAIN } from '../../../../../server/dialog/understanding/slot.ts';
import { ask, best, value } from '../ask.ts';

describe('a date', () => {
  beforeAll(() => warmUpSlots(['en', 'es', 'fr', 'de', 'pt', 'ar']));

  it.each([
    ['today', '2026-11-22'],
    ['tomorrow', '2026-11-23'],
    ['the day after tomorrow', '2026-11-24'],
    ['actually friday', '2026-11-27'],
    ['next friday', '2026-11-27'],
    ['next tuesday would be fine', '2026-11-24'],
    ['the third of may', '2027-05-03'],
    ['may third', '2027-05-03'],
    ['may the third', '2027-05-03'],
    ['the forth of july', '2027-07-04'],
    ['may twenty third twenty twenty seven', '2027-05-23'],
    ['in two weeks', '2026-12-06'],
    ['a week from today', '2026-11-29'],
    ['in a fortnight', '2026-12-06'],
    ['the twenty first', '2026-12-21'],
    ['on the 30th', '2026-11-30'],
    ['last monday', '2026-11-16'],
    ['three days ago', '2026-11-19'],
    ['2027-01-15', '2027-01-15'],
    ['December 24', '2026-12-24'],
  ])('"%s" is %s', (text, date) => {
    expect(value('date', text)).toBe(date);
  });

  it.each([
    ['es', 'mañana', '2026-11-23'],
    ['es', 'el tres de mayo', '2027-05-03'],
    ['es', 'el viernes', '2026-11-27'],
    ['fr', 'demain', '2026-11-23'],
    ['fr', 'le trois mai', '2027-05-03'],
    ['de', 'übermorgen', '2026-11-24'],
    ['de', 'am dritten Mai', '2027-05-03'],
    ['de', 'am einundzwanzigsten Dezember', '2026-12-21'],
    ['pt', 'amanhã', '2026-11-23'],
    ['pt', 'três de maio', '2027-05-03'],
    ['ar', 'غدا', '2026-11-23'],
    ['ar', 'يوم الجمعة', '2026-11-27'],
  ])('in %s "%s" is %s', (language, text, date) => {
    expect(value('date', text, { language })).toBe(date);
  });

  it.each([
    'banana',
    'may',
    'at 5 pm',
    'now',
    'in five minutes',
    '31 february',
    '2027-02-31',
    'the cat sat on the mat',
    '',
  ])('"%s" is none', (text) => expect(ask('date', text)).toEqual([]));

  it('is certain when it can mean one day only', () => {
    expect(best('date', 'tomorrow')?.confidence).toBeGreaterThanOrEqual(CERTAIN);
    expect(best('date', 'friday')?.confidence).toBeGreaterThanOrEqual(CERTAIN);
  });

  it('that can mean two days is read in both ways and has to be confirmed', () => {
    expect(ask('date', '03/05').map((reading) => reading.value)).toEqual(['2027-03-05', '2027-05-03']);
    expect(ask('date', 'next friday').map((reading) => reading.value)).toEqual(['2026-11-27', '2026-12-04']);
    expect(best('date', 'next friday')?.confidence).toBeLessThan(CERTAIN);
  });

  it('is resolved to a known day of another year', () => {
    expect(best('date', 'the third of may', { known: ['2026-05-03'] })).toMatchObject({
      value: '2026-05-03',
      resolved: true,
    });
  });

  it('of a broken today is none', () => {
    expect(ask('date', 'tomorrow', { today: 'soon' })).toEqual([]);
  });
});
