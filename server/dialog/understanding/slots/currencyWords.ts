/** Currencies by sign, code or folded word in any of the six languages. */
export const CURRENCY: ReadonlyMap<string, string> = new Map([
  ...['$', 'usd', 'dollar', 'dollars', 'buck', 'bucks', 'dolar', 'dolares', 'دولار', 'دولارات', 'دولارا'].map(
    (word): [string, string] => [word, 'USD'],
  ),
  ...['€', 'eur', 'euro', 'euros', 'يورو'].map((word): [string, string] => [word, 'EUR']),
  ...[
    '£',
    'gbp',
    'pound',
    'pounds',
    'quid',
    'sterling',
    'libra',
    'libras',
    'livre',
    'livres',
    'pfund',
    'جنيه',
  ].map((word): [string, string] => [word, 'GBP']),
  ...['chf', 'franken', 'francs', 'franc', 'francos'].map((word): [string, string] => [word, 'CHF']),
  ...['brl', 'real', 'reais'].map((word): [string, string] => [word, 'BRL']),
  ...['mxn', 'peso', 'pesos'].map((word): [string, string] => [word, 'MXN']),
  ...['sar', 'ريال', 'ريالات'].map((word): [string, string] => [word, 'SAR']),
  ...['aed', 'درهم', 'دراهم'].map((word): [string, string] => [word, 'AED']),
]);

/** Hundredths of a currency. */
export const HUNDREDTHS: ReadonlySet<string> = new Set([
  'cent',
  'cents',
  'penny',
  'pennies',
  'pence',
  'centimo',
  'centimos',
  'centavo',
  'centavos',
  'centime',
  'centimes',
  'centimos',
  'rappen',
  'سنت',
  'قرش',
  'هلله',
]);

/** Words between whole and fraction. */
export const POINT: ReadonlySet<string> = new Set([
  'point',
  'dot',
  'comma',
  'komma',
  'virgule',
  'punto',
  'coma',
  'ponto',
  'virgula',
  'فاصله',
]);
export const AND: ReadonlySet<string> = new Set(['and', 'y', 'con', 'et', 'und', 'e', 'و']);
