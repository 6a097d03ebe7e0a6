import { compounds, HESITATIONS, listed, type NumberWords } from './numberWords.ts';

const units = [
  ['cero'],
  ['uno', 'un', 'una'],
  ['dos'],
  ['tres'],
  ['cuatro'],
  ['cinco'],
  ['seis'],
  ['siete'],
  ['ocho'],
  ['nueve'],
];
const teens = [
  ['diez'],
  ['once'],
  ['doce'],
  ['trece'],
  ['catorce'],
  ['quince'],
  ['dieciseis'],
  ['diecisiete'],
  ['dieciocho'],
  ['diecinueve'],
];
const tens = [
  ['veinte', 'veinti'],
  ['treinta'],
  ['cuarenta'],
  ['cincuenta'],
  ['sesenta'],
  ['setenta'],
  ['ochenta'],
  ['noventa'],
];

export const es: NumberWords = {
  small: new Map([
    ...listed(0, 1, units),
    ...listed(10, 1, teens),
    ...listed(20, 10, tens),
    ...compounds(tens, units, (ten, unit) => (ten === 'veinti' ? [`veinti${unit}`] : [`${ten} y ${unit}`])),
  ]),
  digits: ['cero', 'uno', 'dos', 'tres', 'cuatro', 'cinco', 'seis', 'siete', 'ocho', 'nueve'],
  hundred: ['cien', 'ciento'],
  thousand: ['mil'],
  hundreds: new Map([
    ['doscientos', 200],
    ['trescientos', 300],
    ['cuatrocientos', 400],
    ['quinientos', 500],
    ['seiscientos', 600],
    ['setecientos', 700],
    ['ochocientos', 800],
    ['novecientos', 900],
  ]),
  and: ['y'],
  repeat: new Map([
    ['doble', 2],
    ['triple', 3],
  ]),
  homophones: new Map([
    ['sero', '0'],
    ['sinco', '5'],
    ['sais', '6'],
  ]),
  fillers: [...HESITATIONS, 'pues', 'guion', 'coma', 'luego', 'este'],
  pronouns: new Map([
    ['un', []],
    ['una', []],
    ['uno', ['el', 'ese', 'este', 'cada']],
  ]),
  tail: ['termina', 'terminado', 'terminada', 'acaba', 'acabado', 'acabada', 'ultimos', 'ultimas'],
};
