import { compounds, HESITATIONS, listed, type NumberWords } from './numberWords.ts';

const units = [
  ['zero'],
  ['um', 'uma'],
  ['dois', 'duas'],
  ['tres'],
  ['quatro'],
  ['cinco'],
  ['seis'],
  ['sete'],
  ['oito'],
  ['nove'],
];
const teens = [
  ['dez'],
  ['onze'],
  ['doze'],
  ['treze'],
  ['quatorze', 'catorze'],
  ['quinze'],
  ['dezesseis', 'dezasseis'],
  ['dezessete', 'dezassete'],
  ['dezoito'],
  ['dezenove', 'dezanove'],
];
const tens = [
  ['vinte'],
  ['trinta'],
  ['quarenta'],
  ['cinquenta'],
  ['sessenta'],
  ['setenta'],
  ['oitenta'],
  ['noventa'],
];

export const pt: NumberWords = {
  small: new Map([
    ...listed(0, 1, units),
    ...listed(10, 1, teens),
    ...listed(20, 10, tens),
    ...compounds(tens, units, (ten, unit) => [`${ten} e ${unit}`, `${ten} ${unit}`]),
  ]),
  digits: ['zero', 'um', 'dois', 'três', 'quatro', 'cinco', 'seis', 'sete', 'oito', 'nove'],
  hundred: ['cem', 'cento'],
  thousand: ['mil'],
  hundreds: new Map([
    ['duzentos', 200],
    ['trezentos', 300],
    ['quatrocentos', 400],
    ['quinhentos', 500],
    ['seiscentos', 600],
    ['setecentos', 700],
    ['oitocentos', 800],
    ['novecentos', 900],
  ]),
  and: ['e'],
  repeat: new Map([
    ['duplo', 2],
    ['dobro', 2],
    ['triplo', 3],
  ]),
  // On the phone Brazilians say "meia" (half a dozen) for six.
  homophones: new Map([['meia', '6']]),
  fillers: [...HESITATIONS, 'traco', 'hifen', 'virgula', 'depois', 'entao'],
  pronouns: new Map([
    ['um', []],
    ['uma', []],
  ]),
  tail: ['termina', 'terminado', 'terminada', 'terminando', 'acaba', 'final', 'ultimos'],
};
