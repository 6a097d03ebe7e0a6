import type { Language } from '../../../shared/language.ts';
import { phrases } from './phrases.ts';

/** Folded phrases of corrections; regular expressions without groups that capture. */
type CorrectionWords = {
  /** "not X" */
  not: readonly string[];
  /** "… but Y" */
  but: readonly string[];
  /** "Y instead of X" */
  instead: readonly string[];
  /** What opens a correction. */
  leads: readonly string[];
};

export const CORRECTION_WORDS: Readonly<Record<Language, CorrectionWords>> = {
  en: {
    not: phrases(`not | it's not | it isn't | it is not | and not`),
    but: phrases(`but | it's | it is | rather`),
    instead: phrases(`instead of | rather than`),
    leads: phrases(`no no | no | nope | nah | actually | sorry | i'm sorry | i am sorry | oh sorry | i meant
      | i mean | i meant to say | wait | oh wait | hold on | hang on | correction | scratch that
      | make that | make it | rather | or rather | i said | my mistake | my bad | oops | excuse me
      | well actually | it's actually | that was wrong`),
  },
  es: {
    not: phrases(`no | no es`),
    but: phrases(`sino | sino que | es`),
    instead: phrases(`en vez de | en lugar de`),
    leads:
      phrases(`no no | no | perdon | perdona | disculpe | disculpa | quise decir | quiero decir | queria decir
      | en realidad | mejor dicho | digo | espera | espere | me equivoque | mejor`),
  },
  fr: {
    not: phrases(`pas | et pas | ce n'est pas | c'est pas`),
    but: phrases(`mais | c'est`),
    instead: phrases(`au lieu de | plutot que`),
    leads: phrases(`non non | non | pardon | desole | desolee | excusez moi | je voulais dire | je veux dire
      | en fait | plutot | ou plutot | attendez | attends | je me suis trompe | enfin`),
  },
  de: {
    not: phrases(`nicht | und nicht`),
    but: phrases(`sondern | es ist`),
    instead: phrases(`statt | anstatt`),
    leads: phrases(`nein nein | nein | nee | entschuldigung | sorry | verzeihung | ich meinte | ich meine
      | eigentlich | besser gesagt | vielmehr | moment | warte | warten sie | doch | ach nein`),
  },
  pt: {
    not: phrases(`nao | nao e`),
    but: phrases(`mas | mas sim | e sim | e`),
    instead: phrases(`em vez de | ao inves de`),
    leads: phrases(`nao nao | nao | desculpe | desculpa | perdao | quis dizer | eu quis dizer | quero dizer
      | na verdade | alias | ou melhor | melhor | espera | espere | me enganei`),
  },
  ar: {
    not: phrases(`ليس | مش | مو`),
    but: phrases(`بل | ولكن | لكن`),
    instead: phrases(`بدلا من | بدل`),
    leads: phrases(
      `لا لا | لا | عفوا | اسف | اقصد | كنت اقصد | في الحقيقه | في الواقع | انتظر | قصدي | بالاحري`,
    ),
  },
};
