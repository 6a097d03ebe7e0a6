import type { Language } from '../../shared/language.ts';

/** Sounds of a listener who wants the speaker to go on, as recognisers write them; commas between. */
const BACKCHANNELS: Readonly<Record<Language, string>> = {
  en:
    'mm, mhm, hm, hmm, mm hmm, mm hm, uh huh, uh, huh, um, ah, aha, oh, ooh, yeah, yep, yup, yes, right, okay, ok, ' +
    "sure, i see, got it, all right, alright, of course, that's right, sounds good, go on, fine, good, great, cool, " +
    'nice, perfect, exactly, indeed, really, wow, oh really, makes sense, fair enough',
  es: 'mm, mhm, ajá, aja, eh, ah, oh, ya, vale, claro, sí, si, bueno, bien, muy bien, de acuerdo, entiendo, ok, okay, por supuesto, perfecto, exacto',
  fr: "mm, mhm, hum, hm, euh, ah, oh, oui, ouais, d'accord, d accord, ok, okay, bien, très bien, je vois, bien sûr, voilà, entendu, parfait, c'est ça, exactement",
  de: 'mm, mhm, hm, ah, aha, oh, äh, ja, jo, ach so, achso, genau, okay, ok, gut, alles klar, verstehe, ich verstehe, klar, sicher, richtig, stimmt, na klar, prima, sehr gut',
  pt: 'mm, mhm, hum, aham, ahã, ah, oh, é, tá, tá bom, certo, sim, ok, okay, claro, entendi, pois é, isso, bom, muito bem, beleza, perfeito, exato',
  ar: 'ام, امم, اه, آه, أها, نعم, أجل, ايوه, أيوه, طيب, حسنا, حسناً, تمام, صحيح, أكيد, فهمت, ماشي, أوكي',
};

/** What a caller says to be heard now, wherever it stands in their words. */
const STOPS: Readonly<Record<Language, string>> = {
  en:
    'stop, wait, no, nope, not, hold on, hang on, sorry, excuse me, pardon, one moment, one second, just a second, ' +
    'cancel, quiet, shut up, be quiet, never mind, actually, but, hello, help, what',
  es: 'para, pare, espera, espere, no, perdón, perdona, perdone, disculpe, un momento, alto, basta, silencio, cancelar, pero, hola',
  fr: "stop, arrête, arrêtez, attends, attendez, non, pardon, désolé, désolée, excusez moi, un instant, un moment, une seconde, ça suffit, assez, silence, annuler, mais, allô, s'il vous plaît",
  de: 'stopp, stop, halt, warte, warten, nein, nicht, moment, einen moment, entschuldigung, sorry, genug, ruhe, stille, abbrechen, aber, hallo, falsch',
  pt: 'para, pare, espera, espere, não, desculpe, desculpa, um momento, só um momento, chega, basta, silêncio, cancelar, mas, alô',
  ar: 'توقف, قف, انتظر, انتظري, لا, لحظة, عفوا, عفواً, آسف, معذرة, يكفي, كفى, لكن, اسكت',
};

/** What recognisers make of a breath, a cough or a knock. */
const NOISES: Readonly<Record<Language, string>> = {
  en: "the, a, huh, i, i'm, im, in, and, er, h, ha, hey, him, them, then, than, man",
  es: 'a, e, y, la, el',
  fr: 'a, à, e, et, le, la',
  de: 'a, e, und, die, der',
  pt: 'a, e, o, os',
  ar: 'و, ا',
};

type Lists = { backchannels: Phrases; stops: Phrases; noises: Phrases };
type Phrases = { words: ReadonlySet<string>; phrases: readonly (readonly string[])[] };

function phrasesOf(list: string): Phrases {
  const all = list.split(', ').map((phrase) => wordsOf(phrase));
  return {
    words: new Set(all.filter(({ length }) => length === 1).map(([word]) => word ?? '')),
    phrases: all.filter(({ length }) => length > 1),
  };
}

/** Lower-case words without punctuation; an apostrophe stays, however it was written. */
export function wordsOf(text: string): string[] {
  const plain = text.toLowerCase().replaceAll('’', "'");
  return plain.match(/[\p{L}\p{M}\p{N}']+/gu) ?? [];
}

const LISTS = new Map<string, Lists>(
  (Object.keys(BACKCHANNELS) as Language[]).map((language) => [
    language,
    {
      backchannels: phrasesOf(BACKCHANNELS[language]),
      stops: phrasesOf(STOPS[language]),
      noises: phrasesOf(NOISES[language]),
    },
  ]),
);

const listsOf = (language: string): Lists => LISTS.get(language) ?? (LISTS.get('en') as Lists);

/** Listeners' sounds, each a word or a few. */
export function listenersPhrases(language: string): string[] {
  return allOf(listsOf(language).backchannels);
}

/** What wants the speaker to stop. */
export function stopPhrases(language: string): string[] {
  return allOf(listsOf(language).stops);
}

function allOf({ words, phrases }: Phrases): string[] {
  return [...words, ...phrases.map((phrase) => phrase.join(' '))];
}

function isAt(words: readonly string[], at: number, phrase: readonly string[]): boolean {
  return phrase.every((word, index) => words[at + index] === word);
}

/** The words that are left when those of the lists are taken out, longer phrases first. */
function without(words: readonly string[], { words: single, phrases }: Phrases): string[] {
  const left: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const phrase = phrases.find((one) => isAt(words, at, one));
    if (phrase) at += phrase.length - 1;
    else if (!single.has(words[at] ?? '')) left.push(words[at] ?? '');
  }
  return left;
}

/** Whether the words only say "I am listening". */
export function isBackchannel(text: string, language: string): boolean {
  const words = wordsOf(text);
  return words.length > 0 && without(words, listsOf(language).backchannels).length === 0;
}

/** Words that are neither a listener's sound nor a recogniser's guess at a noise. */
export function meantWords(words: readonly string[], language: string): string[] {
  const { backchannels, noises } = listsOf(language);
  return without(without(words, backchannels), noises);
}

/** Whether the words want the speaker to stop. */
export function wantsSilence(words: readonly string[], language: string): boolean {
  const { stops } = listsOf(language);
  return without(words, stops).length < words.length;
}
