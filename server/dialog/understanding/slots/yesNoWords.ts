import type { Language } from '../../../../shared/language.ts';
import { phrases } from '../phrases.ts';

/** Folded phrases (see `fold`) that mean yes and no; the longest that fits counts. */
export type YesNoWords = {
  yes: readonly string[];
  no: readonly string[];
  /** Those of them that answer only when little else is said: "it is", but not "it is about my return". */
  short: readonly string[];
};

export const YES_NO: Readonly<Record<Language, YesNoWords>> = {
  en: {
    yes: phrases(`yes | yeah | yea | yep | yup | yes please | yeah no worries | aye | ya | uh huh | mm hmm | mhm
      | mm hm | sure | sure thing | ok | okay | okey | alright | all right | right | correct | exactly
      | precisely | absolutely | definitely | certainly | indeed | totally | of course | no problem
      | no doubt | no objection | no objections | why not | go ahead | go for it | do it | please do
      | do that | that's it | that is it | that's right | that is right | that's correct
      | that is correct | that's the one | that is the one | the same | i think so | i guess so
      | i believe so | i suppose so | i hope so | it is | it does | i do | i did | i have | i would
      | i am | they are | you got it | affirmative | fine | perfect | great | sounds good | sounds right
      | looks good | fair enough | true | positive | by all means | you bet | no yes | no that's right
      | no that's correct | not a problem | not bad | can't complain | that would be great
      | that would be good | with pleasure | confirm | confirmed | i confirm`),
    no: phrases(`no | nope | nah | naw | no no | no thanks | no thank you | no way | not | not really
      | not at all | not yet | not now | not that | not that one | not quite | not exactly | not right
      | not correct | yeah no | yes no | uh uh | nuh uh | never | negative | wrong | incorrect | false
      | neither | none | none of them | none of those | of course not | absolutely not | definitely not
      | certainly not | why would i | that's not it | that is not it | that's not right
      | that is not right | that's wrong | that is wrong | that isn't | that isn't right | that isn't it
      | that's not correct | that is not correct | that's incorrect | that's not the one | it isn't
      | it's not | it is not | it doesn't | it does not | i don't | i do not | i didn't | i did not
      | i don't think so | i do not think so | don't think so | i wouldn't | i would not | i haven't
      | i'm not | i am not | they aren't | they're not | don't | do not | please don't | please do not
      | don't do it | don't do that | i'd rather not | i would rather not | rather not | better not
      | i guess not | i hope not | i think not | stop | cancel that | not okay | not ok | not sure
      | i'm not sure | i don't want | i do not want | not the right one | the wrong one | nothing`),
    short: phrases(`it is | it does | i do | i did | i have | i would | i am | they are | do it | do that
      | right | great | fine | perfect | true | positive | the same | not | never | wrong | false
      | none | nothing | neither | stop | don't | do not | i don't | i do not | i didn't | i did not
      | i haven't | i'm not | i am not | i wouldn't | i would not | it isn't | it's not | it is not
      | it doesn't | it does not | they aren't | they're not | that isn't | i don't want
      | i do not want | incorrect | confirm | negative`),
  },
  es: {
    yes: phrases(`si | si claro | claro | claro que si | por supuesto | vale | de acuerdo | ok | okay | correcto
      | exacto | exactamente | eso es | asi es | efectivamente | desde luego | bueno | esta bien
      | perfecto | creo que si | adelante | cierto | es correcto | como no | sin problema
      | no hay problema | sip | aja`),
    no: phrases(`no | nop | no gracias | para nada | en absoluto | claro que no | que va | creo que no | no creo
      | no es | no es correcto | no es eso | eso no | incorrecto | negativo | nunca | tampoco | ninguno
      | ninguna | todavia no | aun no | no quiero | mejor no | equivocado | mal`),
    short: phrases(`bueno | mal | si | nunca | tampoco | no es | no quiero | ninguno | ninguna | perfecto
      | cierto`),
  },
  fr: {
    yes: phrases(`oui | ouais | ouaip | mouais | si | bien sur | bien sur que oui | d'accord | ok | okay | exact
      | exactement | tout a fait | c'est ca | c'est bien ca | c'est correct | c'est exact | correct
      | voila | absolument | certainement | effectivement | parfait | je crois | je pense
      | je crois que oui | je pense que oui | allez y | volontiers | pas de probleme | pourquoi pas
      | vas y | juste | entendu`),
    no: phrases(`non | non merci | nan | pas du tout | pas vraiment | bien sur que non | absolument pas
      | je ne crois pas | je ne pense pas | je crois pas | je pense pas | je crois que non
      | ce n'est pas ca | c'est pas ca | ce n'est pas | c'est pas | c'est faux | faux | incorrect
      | jamais | aucun | aucune | pas encore | pas maintenant | surtout pas | je ne veux pas
      | je veux pas`),
    short: phrases(`si | juste | jamais | aucun | aucune | c'est pas | ce n'est pas | je crois | je pense
      | je veux pas | je ne veux pas | parfait`),
  },
  de: {
    yes: phrases(`ja | jawohl | jap | jo | joa | jup | ja bitte | ja genau | genau | richtig | korrekt | stimmt
      | das stimmt | das ist richtig | exakt | sicher | naturlich | klar | na klar | selbstverstandlich
      | auf jeden fall | ok | okay | einverstanden | in ordnung | gerne | gern | bitte | ich glaube ja
      | ich denke schon | ich glaube schon | passt | perfekt | gut | absolut | mhm | kein problem
      | warum nicht | doch`),
    no: phrases(`nein | ne | nee | no | nein danke | nicht | nicht wirklich | uberhaupt nicht | auf keinen fall
      | keinesfalls | naturlich nicht | ich glaube nicht | ich denke nicht | stimmt nicht
      | das stimmt nicht | das ist falsch | falsch | das ist nicht richtig | nicht richtig
      | nicht korrekt | niemals | nie | keine | keiner | keins | noch nicht | jetzt nicht | lieber nicht
      | ich will nicht | ich mochte nicht | negativ | auch nicht`),
    short:
      phrases(`bitte | gut | nicht | nie | niemals | keine | keiner | keins | doch | sicher | gern | gerne
      | klar | ich will nicht | ich mochte nicht | falsch | ne | no | jo`),
  },
  pt: {
    yes: phrases(`sim | sim claro | claro | claro que sim | com certeza | certo | esta certo | correto | isso
      | isso mesmo | e isso | exato | exatamente | ok | okay | ta | ta bom | tudo bem | pode ser | pode
      | pois e | pois sim | perfeito | acho que sim | creio que sim | sem duvida | sem problema
      | de acordo | por favor | positivo | beleza | uhum | aham | e | verdade`),
    no: phrases(`nao | nao obrigado | nao obrigada | de jeito nenhum | de modo nenhum | claro que nao
      | acho que nao | creio que nao | nao e | nao e isso | isso nao | nao esta certo | errado
      | esta errado | incorreto | negativo | nunca | nenhum | nenhuma | ainda nao | agora nao
      | nao quero | melhor nao | nada disso | pois nao e`),
    short:
      phrases(`e | por favor | pode | isso | nunca | nenhum | nenhuma | nao e | nao quero | certo | ok | ta
      | errado | verdade`),
  },
  ar: {
    yes: phrases(`نعم | اجل | ايوه | ايوا | اي | اي نعم | بلي | طبعا | بالطبع | اكيد | بالتاكيد | صحيح | هذا صحيح
      | صح | تمام | حسنا | موافق | اوكي | ماشي | بالضبط | اظن ذلك | اعتقد ذلك | لا مشكله | لا مانع
      | تفضل | من فضلك | لا باس`),
    no: phrases(`لا | لا شكرا | كلا | ابدا | مطلقا | ليس | ليس كذلك | ليس صحيحا | غير صحيح | هذا غير صحيح
      | هذا خطا | خطا | غلط | لا اظن | لا اعتقد | لا اريد | مش | مو | ليس بعد | ليس الان | بالطبع لا
      | طبعا لا | ولا واحد | ليس هذا | لست`),
    short: phrases(`من فضلك | اي | ليس | مش | مو | خطا | غلط | لا اريد | لست | تمام`),
  },
};
