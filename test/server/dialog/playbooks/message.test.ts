import { describe, expect, it } from 'vitest';
import { compileMessage } from '../../../../server/dialog/playbooks/message.ts';
import {
  type SpeakingPlace,
  speak,
  type ValueStyle,
} from '../../../../server/dialog/speaking/spokenValue.ts';
import type { Json } from '../../../../shared/json.ts';

const PLACE: SpeakingPlace = {
  language: 'en',
  timeZone: 'Europe/London',
  today: '2026-11-25',
  currency: 'EUR',
};

function render(text: string, values: Record<string, [Json, ValueStyle]> = {}, speech?: string) {
  const spoken = new Map(
    Object.entries(values).flatMap(([name, [raw, style]]) => {
      const value = speak(raw, style, PLACE);
      return value ? [[name, value] as const] : [];
    }),
  );
  return compileMessage(text, 'en', speech).render(spoken);
}

describe('messages', () => {
  it('become sentences; values end none', () => {
    expect(render('Hi! I wrote to {mail}. All right?', { mail: ['a.b@example.com', 'email'] })).toEqual([
      { text: 'Hi!' },
      { text: 'I wrote to a.b@example.com.', speech: expect.stringContaining('dot com') },
      { text: 'All right?' },
    ]);
  });

  it('show and speak values differently', () => {
    expect(render('Order {n} costs {m}.', { n: ['10427', 'digits'], m: [12990, 'money'] })).toEqual([
      {
        text: 'Order 10427 costs €129.90.',
        speech: 'Order one zero four, two seven costs 129 euros and 90 cents.',
      },
    ]);
  });

  it('choose by raw values', () => {
    const text =
      '{status, select, sent {Sent {day}.} other {Not sent.}} {n, plural, one {One thing.} other {# things.}}';
    expect(render(text, { status: ['sent', 'text'], day: ['2026-11-24', 'day'], n: [2, 'text'] })).toEqual([
      { text: 'Sent yesterday.' },
      { text: '2 things.' },
    ]);
    expect(render(text, { status: ['lost', 'text'], n: [1, 'text'] })).toEqual([
      { text: 'Not sent.' },
      { text: 'One thing.' },
    ]);
  });

  it('are nothing when the chosen branch lacks a value', () => {
    expect(render('Order {n}.')).toBeNull();
  });

  it('take a spoken variant of their own', () => {
    expect(render('See shop.example/help.', {}, 'See shop dot example, slash help.')).toEqual([
      { text: 'See shop.example/help.', speech: 'See shop dot example, slash help.' },
    ]);
  });
});

describe('days', () => {
  it.each<[string, string]>([
    ['2026-11-25', 'today'],
    ['2026-11-24T09:00:00Z', 'yesterday'],
    ['2026-11-26', 'tomorrow'],
    ['2026-11-23', 'on Monday'],
    ['2026-11-30', 'on Monday'],
    ['2026-12-03', 'on December 3'],
    ['2027-01-02', 'on January 2, 2027'],
  ])('%s is %s', (day, text) => {
    expect(speak(day, 'day', PLACE)?.text).toBe(text);
  });

  it.each<[string, string]>([
    ['es', 'el lunes'],
    ['fr', 'lundi'],
    ['de', 'am Montag'],
    ['pt', 'na segunda-feira'],
  ])('are said in %s', (language, text) => {
    expect(speak('2026-11-30', 'day', { ...PLACE, language })?.text).toBe(text);
  });

  it('are nothing when they are no days', () => {
    expect(speak('soon', 'day', PLACE)).toBeUndefined();
  });
});
