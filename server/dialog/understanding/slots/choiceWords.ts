import type { Language } from '../../../../shared/language.ts';

/** How a language points at one of several things by its place. All folded. */
export type OrdinalWords = {
  /** "first", "second"… */
  places: readonly (readonly string[])[];
  last: readonly string[];
  /** "one", "two"… count after a label or alone. */
  cardinals: readonly string[];
  labels: readonly string[];
};

export const ORDINALS: Readonly<Record<Language, OrdinalWords>> = {
  en: {
    places: [
      ['first', '1st', 'former'],
      ['second', '2nd'],
      ['third', '3rd'],
      ['fourth', '4th'],
      ['fifth', '5th'],
      ['sixth', '6th'],
    ],
    last: ['last', 'latter', 'bottom'],
    cardinals: ['one', 'two', 'three', 'four', 'five', 'six'],
    labels: ['number', 'option', 'choice', 'answer'],
  },
  es: {
    places: [
      ['primero', 'primera', 'primer'],
      ['segundo', 'segunda'],
      ['tercero', 'tercera', 'tercer'],
      ['cuarto', 'cuarta'],
      ['quinto', 'quinta'],
      ['sexto', 'sexta'],
    ],
    last: ['ultimo', 'ultima'],
    cardinals: ['uno', 'dos', 'tres', 'cuatro', 'cinco', 'seis'],
    labels: ['numero', 'opcion'],
  },
  fr: {
    places: [
      ['premier', 'premiere'],
      ['deuxieme', 'second', 'seconde'],
      ['troisieme'],
      ['quatrieme'],
      ['cinquieme'],
      ['sixieme'],
    ],
    last: ['dernier', 'derniere'],
    cardinals: ['un', 'deux', 'trois', 'quatre', 'cinq', 'six'],
    labels: ['numero', 'option', 'choix'],
  },
  de: {
    places: [
      ['erste', 'ersten', 'erster', 'erstes'],
      ['zweite', 'zweiten', 'zweiter', 'zweites'],
      ['dritte', 'dritten', 'dritter', 'drittes'],
      ['vierte', 'vierten'],
      ['funfte', 'funften'],
      ['sechste', 'sechsten'],
    ],
    last: ['letzte', 'letzten', 'letzter', 'letztes'],
    cardinals: ['eins', 'zwei', 'drei', 'vier', 'funf', 'sechs'],
    labels: ['nummer', 'option', 'punkt'],
  },
  pt: {
    places: [
      ['primeiro', 'primeira'],
      ['segundo', 'segunda'],
      ['terceiro', 'terceira'],
      ['quarto', 'quarta'],
      ['quinto', 'quinta'],
      ['sexto', 'sexta'],
    ],
    last: ['ultimo', 'ultima'],
    cardinals: ['um', 'dois', 'tres', 'quatro', 'cinco', 'seis'],
    labels: ['numero', 'opcao'],
  },
  ar: {
    places: [
      ['الاول', 'الاولي', 'اول'],
      ['الثاني', 'الثانيه'],
      ['الثالث', 'الثالثه'],
      ['الرابع', 'الرابعه'],
      ['الخامس', 'الخامسه'],
      ['السادس', 'السادسه'],
    ],
    last: ['الاخير', 'الاخيره'],
    cardinals: ['واحد', 'اثنان', 'ثلاثه', 'اربعه', 'خمسه', 'سته'],
    labels: ['رقم', 'الخيار'],
  },
};

/** Words that exclude what follows; not where a plain "no" is the same word ("no, la azul"). */
export const NEGATORS: Readonly<Record<Language, readonly string[]>> = {
  en: ['not', "isn't", "don't", 'except', 'without'],
  es: ['excepto'],
  fr: ['pas', 'sauf'],
  de: ['nicht', 'kein', 'keine', 'keinen', 'ausser'],
  pt: ['exceto'],
  ar: ['ليس', 'مش', 'غير'],
};
