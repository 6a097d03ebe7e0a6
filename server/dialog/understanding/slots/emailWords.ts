import type { Language } from '../../../../shared/language.ts';

/** Folded words for the signs of an e-mail address, and words that lead up to one. */
type EmailWords = { signs: Readonly<Record<string, string>>; leads: readonly string[] };

export const EMAIL_WORDS: Readonly<Record<Language, EmailWords>> = {
  en: {
    signs: {
      at: '@',
      dot: '.',
      point: '.',
      period: '.',
      dash: '-',
      hyphen: '-',
      minus: '-',
      underscore: '_',
      plus: '+',
      'under score': '_',
      'at sign': '@',
    },
    leads: [
      'is',
      "it's",
      'its',
      'to',
      'use',
      'address',
      'email',
      'mail',
      'e',
      'yes',
      'yeah',
      'okay',
      'ok',
      'well',
      'sure',
      'my',
      'the',
      'an',
      'so',
      'me',
      'uh',
      'um',
      'it',
      "that's",
      'that',
      'be',
      'would',
      'on',
      'no',
      'please',
    ],
  },
  es: {
    signs: { arroba: '@', punto: '.', guion: '-', 'guion bajo': '_', mas: '+' },
    leads: ['es', 'correo', 'electronico', 'email', 'a', 'mi', 'direccion', 'si', 'el', 'la', 'pues'],
  },
  fr: {
    signs: {
      arobase: '@',
      arrobas: '@',
      point: '.',
      tiret: '-',
      'trait d union': '-',
      'tiret bas': '_',
      underscore: '_',
      plus: '+',
      at: '@',
    },
    leads: ['est', "c'est", 'mail', 'email', 'adresse', 'mon', 'a', 'oui', 'e', 'alors', "l'adresse"],
  },
  de: {
    signs: {
      at: '@',
      klammeraffe: '@',
      punkt: '.',
      bindestrich: '-',
      minus: '-',
      strich: '-',
      unterstrich: '_',
      plus: '+',
    },
    leads: ['ist', 'lautet', 'mail', 'email', 'e', 'adresse', 'meine', 'ja', 'die', 'also', 'an'],
  },
  pt: {
    signs: { arroba: '@', ponto: '.', traco: '-', hifen: '-', underline: '_', sublinhado: '_', mais: '+' },
    leads: ['e', 'email', 'mail', 'endereco', 'meu', 'o', 'sim', 'correio', 'para'],
  },
  ar: {
    signs: { ات: '@', 'علامه ات': '@', نقطه: '.', دوت: '.', شرطه: '-', 'شرطه سفليه': '_', زايد: '+' },
    leads: ['هو', 'بريدي', 'الالكتروني', 'البريد', 'ايميلي', 'نعم'],
  },
};

/** Words of the spelling alphabet, as far as they are no names themselves. */
export const SPELLED: ReadonlyMap<string, string> = new Map(
  'alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu'
    .split(' ')
    .map((word): [string, string] => [word, word.charAt(0)]),
);
