import { describe, expect, test } from 'vitest';
import { judgeOverlap, type Overlap } from '../../../server/turns/interruption.ts';

const SPOKEN = 'I can see that your return of the oak desk lamp began yesterday and';

function judge(text: string, more: Partial<Overlap> = {}): string {
  const { verdict } = judgeOverlap({
    speechMs: 450,
    ended: true,
    silent: true,
    text,
    alternatives: [],
    spotted: null,
    spokenText: SPOKEN,
    remainingMs: 4_000,
    language: 'en',
    expectation: 'open',
    ...more,
  });
  return verdict;
}

const MEANT: Record<string, string[]> = {
  en: [
    ...[
      'stop',
      'wait',
      'no',
      'hold on',
      'hang on',
      'sorry',
      'excuse me',
      'one moment',
      'just a second',
      'actually',
    ],
    ...[
      'no no',
      'wait a minute',
      'okay stop',
      'yeah but no',
      'mm no',
      'right but when',
      'stop please',
      'not that one',
    ],
    ...[
      'where is my order',
      'what about the money',
      'can i ask something',
      'i want to talk to a person',
      'hello',
    ],
    ...[
      'cancel it',
      'refund',
      'agent',
      'human',
      'opening hours',
      'the other one',
      'my number is one zero',
      'repeat',
    ],
    ...[
      'okay so where is it',
      'yes i know that already',
      'right can you tell me',
      'never mind',
      'that is wrong',
    ],
    ...[
      'i have a question',
      'how much is it',
      'slower',
      'louder please',
      'speak to someone',
      'what',
      'but why',
    ],
  ],
  es: ['para', 'espera', 'no', 'perdón', 'un momento', 'quiero otra cosa', 'sí pero no', 'vale pero cuándo'],
  fr: [
    'stop',
    'attendez',
    'non',
    'pardon',
    'un instant',
    'je veux autre chose',
    'oui mais non',
    'où est ma commande',
  ],
  de: [
    'halt',
    'moment',
    'nein',
    'entschuldigung',
    'warte',
    'ich möchte etwas anderes',
    'ja aber nein',
    'wo ist sie',
  ],
  pt: [
    'para',
    'espera',
    'não',
    'desculpe',
    'um momento',
    'quero outra coisa',
    'sim mas não',
    'onde está o pedido',
  ],
  ar: ['توقف', 'انتظر', 'لا', 'لحظة', 'أين طلبي الآن', 'نعم لكن متى', 'عفوا', 'أريد شيئا آخر'],
};

const LISTENING: Record<string, string[]> = {
  en: [
    ...[
      'mm',
      'mhm',
      'mm-hm',
      'hmm',
      'uh huh',
      'uh',
      'um',
      'ah',
      'aha',
      'oh',
      'yeah',
      'yep',
      'yes',
      'right',
      'okay',
    ],
    ...[
      'ok',
      'sure',
      'i see',
      'got it',
      'all right',
      'alright',
      'of course',
      "that's right",
      'sounds good',
      'go on',
    ],
    ...['fine', 'good', 'great', 'cool', 'nice', 'perfect', 'exactly', 'really', 'oh really', 'makes sense'],
    ...[
      'yeah yeah',
      'mm right',
      'okay okay',
      'oh okay',
      'oh i see',
      'yeah sure',
      'right right',
      'yes of course',
    ],
  ],
  es: ['ajá', 'vale', 'claro', 'sí', 'sí sí', 'muy bien', 'de acuerdo', 'ya ya'],
  fr: ['hum', 'oui', 'oui oui', 'd’accord', 'je vois', 'très bien', 'bien sûr', 'ah oui'],
  de: ['mhm', 'ja', 'ja ja', 'genau', 'ach so', 'alles klar', 'verstehe', 'okay gut'],
  pt: ['aham', 'tá', 'certo', 'sim', 'tá bom', 'pois é', 'claro', 'muito bem'],
  ar: ['نعم', 'نعم نعم', 'طيب', 'تمام', 'اه', 'حسنا', 'أكيد', 'فهمت'],
};

const table = (lists: Record<string, string[]>) =>
  Object.entries(lists).flatMap(([language, texts]) => texts.map((text) => [language, text] as const));

describe('words over the assistant', () => {
  test.each(table(MEANT))('%s “%s” interrupt', (language, text) => {
    expect(judge(text, { language })).toBe('interrupt');
  });

  test.each(table(LISTENING))('%s “%s” do not', (language, text) => {
    expect(judge(text, { language })).toBe('drop');
  });

  test.each(['the', 'a', 'huh', ''])('“%s” is what a cough becomes', (text) => {
    expect(judge(text, { speechMs: 300 })).toBe('drop');
  });
});

describe('while the caller still talks', () => {
  const talking = { silent: false, ended: false };

  test.each(['stop', 'no', 'wait', 'where is my', 'hold on'])('“%s” interrupts before the end', (text) => {
    expect(judge(text, { ...talking, speechMs: 250 })).toBe('interrupt');
  });

  test.each(['', 'mhm', 'okay', 'i', 'where is', 'your return'])('“%s” waits for more', (text) => {
    expect(judge(text, { ...talking, speechMs: 400 })).toBe('wait');
  });

  test('one word waits until it has lasted', () => {
    expect(judge('refund', { ...talking, speechMs: 400 })).toBe('wait');
    expect(judge('refund', { ...talking, speechMs: 1_650 })).toBe('interrupt');
  });

  test('long speech interrupts without words, and later with a listener’s', () => {
    expect(judge('', { ...talking, speechMs: 1_650 })).toBe('interrupt');
    expect(judge('okay', { ...talking, speechMs: 1_650 })).toBe('wait');
    expect(judge('okay', { ...talking, speechMs: 2_000 })).toBe('interrupt');
  });
});

describe('a word or two that may be misheard', () => {
  test.each([
    ['fried', ['friday', 'right'], 'drop'],
    ['yours', ['years', 'yeah'], 'drop'],
    ['well done', ['hold on'], 'interrupt'],
    ['know', ['no', 'new'], 'interrupt'],
    ['refund', ['refunds'], 'interrupt'],
    ['where is my order', ['right'], 'interrupt'],
  ])('“%s”, or %j: %s', (text, alternatives, verdict) => {
    expect(judge(text, { alternatives })).toBe(verdict);
  });
});

describe('the assistant’s own words', () => {
  test.each([
    'your return of the',
    'oak desk lamp',
    'oak lamp began yesterday',
    'return of the oak test lamp',
    'lamp',
  ])('“%s” are its echo', (text) => {
    expect(judge(text)).toBe('drop');
    expect(judge(text, { ended: false, speechMs: 2_000 })).toBe('wait');
  });

  test.each(['where is the lamp', 'cancel my return', 'your return stop', 'a different lamp please'])(
    '“%s” are not',
    (text) => {
      expect(judge(text)).toBe('interrupt');
    },
  );

  test('a caller’s stop is none, though the assistant has said the word', () => {
    expect(judge('stop', { spokenText: 'shall we stop the return' })).toBe('interrupt');
    expect(judge('no', { spokenText: 'say yes or no' })).toBe('interrupt');
  });
});

describe('in the last words of a question', () => {
  const asked = { remainingMs: 800, expectation: 'yesNo' as const };

  test.each(['yes', 'right', 'yeah', 'okay', 'sure', "that's right", 'no'])('“%s” is the answer', (text) => {
    expect(judge(text, asked)).toBe('interrupt');
  });

  test.each([
    { ...asked, remainingMs: 3_000 },
    { ...asked, expectation: 'open' as const },
  ])('elsewhere it is not: %j', (where) => {
    expect(judge('right', where)).toBe('drop');
  });
});

describe('with a recogniser that compares short phrases', () => {
  const spotted = (text: string, margin: number) => ({ spotted: [[{ text, margin }]] });

  test('a misheard listener’s sound is one all the same', () => {
    expect(judge('walkie talkie', spotted('okay okay', -1))).toBe('drop');
    expect(judge('walkie talkie', spotted('okay okay', -8))).toBe('interrupt');
    expect(judge('fried', { ...spotted('right', -9), alternatives: ['right'] })).toBe('interrupt');
  });

  test('a misheard word that wants silence is obeyed, also when no word was recognised', () => {
    expect(judge('weed', spotted('wait', 1))).toBe('interrupt');
    expect(judge('', spotted('wait', 1))).toBe('interrupt');
    expect(judge('', spotted('wait', -1))).toBe('drop');
  });

  test('a listener’s sound that was taken for a word that wants silence is none', () => {
    expect(judge('no her', spotted('uh huh', 1))).toBe('drop');
    expect(
      judge('no', {
        spotted: [
          [
            { text: 'no', margin: 2 },
            { text: 'mm', margin: 0 },
          ],
        ],
      }),
    ).toBe('interrupt');
    expect(judge('no', spotted('okay', -9))).toBe('interrupt');
  });

  test('in silence a short word is waited for until all of it is recognised', () => {
    expect(judge('no', { ended: false })).toBe('wait');
    expect(judge('no', { ended: false, silent: false })).toBe('interrupt');
    expect(judge('no no i mean', { ended: false })).toBe('interrupt');
  });

  test('more words, and longer speech, are no listener’s sound whatever it is like', () => {
    expect(judge('when will it come', spotted('really', 1))).toBe('interrupt');
    expect(judge('when comes', { ...spotted('really', 1), speechMs: 1_550 })).toBe('interrupt');
  });

  test('the sound is the answer in the last words of a question', () => {
    expect(judge('fried', { ...spotted('right', 1), expectation: 'yesNo', remainingMs: 300 })).toBe(
      'interrupt',
    );
  });
});
