import { HESITATIONS, listed, type NumberWords } from './numberWords.ts';

const units = [
  ['zero'],
  ['un', 'une'],
  ['deux'],
  ['trois'],
  ['quatre'],
  ['cinq'],
  ['six'],
  ['sept'],
  ['huit'],
  ['neuf'],
];
const teens = [
  ['dix'],
  ['onze'],
  ['douze'],
  ['treize'],
  ['quatorze'],
  ['quinze'],
  ['seize'],
  ['dix sept'],
  ['dix huit'],
  ['dix neuf'],
];
const tens = ['vingt', 'trente', 'quarante', 'cinquante', 'soixante'];

/** 20…99: counted by tens to sixty and by twenties from there; Swiss and Belgian tens beside them. */
function larger(): [string, number][] {
  const found: [string, number][] = [];
  const upTo = (ten: string, value: number, rests: readonly (readonly string[])[]) => {
    rests.forEach((words, rest) => {
      for (const word of words) {
        if (rest === 0) continue;
        found.push([`${ten} ${word}`, value + rest]);
        if (rest === 1 || rest === 11) found.push([`${ten} et ${word}`, value + rest]);
      }
    });
  };
  tens.forEach((ten, index) => {
    const value = (index + 2) * 10;
    found.push([ten, value]);
    upTo(ten, value, value === 60 ? [...units, ...teens] : units);
  });
  found.push(['quatre vingt', 80], ['quatre vingts', 80]);
  upTo('quatre vingt', 80, [...units, ...teens]);
  for (const [ten, value] of [
    ['septante', 70],
    ['huitante', 80],
    ['octante', 80],
    ['nonante', 90],
  ] as const) {
    found.push([ten, value]);
    upTo(ten, value, units);
  }
  return found;
}

export const fr: NumberWords = {
  small: new Map([...listed(0, 1, units), ...listed(10, 1, teens), ...larger()]),
  digits: ['zéro', 'un', 'deux', 'trois', 'quatre', 'cinq', 'six', 'sept', 'huit', 'neuf'],
  hundred: ['cent', 'cents'],
  thousand: ['mille', 'mil'],
  hundreds: new Map(),
  and: ['et'],
  repeat: new Map([
    ['double', 2],
    ['triple', 3],
  ]),
  homophones: new Map([
    ['de', '2'],
    ['set', '7'],
    ['cette', '7'],
    ['sais', '6'],
    ['oui', '8'],
  ]),
  fillers: [...HESITATIONS, 'alors', 'tiret', 'virgule', 'puis', 'ben'],
  pronouns: new Map([
    ['un', []],
    ['une', []],
  ]),
  tail: ['finissant', 'finit', 'termine', 'terminant', 'derniers', 'dernieres'],
};
