import { compounds, HESITATIONS, listed, type NumberWords } from './numberWords.ts';

const units = [
  ['null'],
  ['eins', 'ein', 'eine'],
  ['zwei', 'zwo'],
  ['drei'],
  ['vier'],
  ['funf'],
  ['sechs'],
  ['sieben'],
  ['acht'],
  ['neun'],
];
const teens = [
  ['zehn'],
  ['elf'],
  ['zwolf'],
  ['dreizehn'],
  ['vierzehn'],
  ['funfzehn'],
  ['sechzehn'],
  ['siebzehn'],
  ['achtzehn'],
  ['neunzehn'],
];
const tens = [
  ['zwanzig'],
  ['dreissig'],
  ['vierzig'],
  ['funfzig'],
  ['sechzig'],
  ['siebzig'],
  ['achtzig'],
  ['neunzig'],
];

export const de: NumberWords = {
  small: new Map([
    ...listed(0, 1, units),
    ...listed(10, 1, teens),
    ...listed(20, 10, tens),
    ...compounds(tens, units, (ten, unit) => [`${unit}und${ten}`, `${unit} und ${ten}`]),
  ]),
  digits: ['null', 'eins', 'zwei', 'drei', 'vier', 'fünf', 'sechs', 'sieben', 'acht', 'neun'],
  hundred: ['hundert'],
  thousand: ['tausend'],
  hundreds: new Map(),
  and: ['und'],
  repeat: new Map([
    ['doppel', 2],
    ['doppelt', 2],
    ['zweimal', 2],
    ['dreimal', 3],
  ]),
  homophones: new Map([
    ['nul', '0'],
    ['fier', '4'],
    ['sex', '6'],
    ['nein', '9'],
  ]),
  fillers: [...HESITATIONS, 'also', 'dann', 'strich', 'bindestrich', 'komma', 'ahm', 'ah'],
  pronouns: new Map([
    ['ein', []],
    ['eine', []],
  ]),
  tail: ['endet', 'endend', 'endung', 'letzten', 'letzte', 'hinten'],
  cut: /(hundert|tausend)(?:und)?/,
};
