import { type Language, pickLanguage } from '../../../../shared/language.ts';
import { fold } from '../words.ts';

/** Polite words before what somebody wants; folded. They say nothing about it and water every score down. */
const FRAMES: Readonly<Record<Language, RegExp>> = {
  en: /^(?:(?:hi|hello|hey|well|so|um|uh|okay|ok|yes|yeah|please|sorry|and|actually|listen|look|good (?:morning|afternoon|evening))(?: there)?[\s,]+)*(?:(?:i (?:just )?(?:want|wanted|need|would like|'d like) to (?:know|ask|find out)|i(?:'d| would) like to (?:know|ask)|i was wondering|do you know|(?:can|could|would) you (?:please )?(?:tell me|check|find out)|i(?:'m| am) (?:calling|phoning|ringing)(?: because)?|the (?:thing|problem) is(?: that)?|it(?:'s| is) about)\s+)?/,
  es: /^(?:(?:hola|buenos dias|buenas tardes|pues|bueno|si|perdon)[\s,]+)*(?:(?:quiero|quisiera|queria|me gustaria) (?:saber|preguntar)|puede decirme|podria decirme|llamo porque)?\s*/,
  fr: /^(?:(?:bonjour|bonsoir|alors|oui|euh|pardon)[\s,]+)*(?:(?:je (?:veux|voudrais|voulais)|j'aimerais) savoir|pouvez vous me dire|pourriez vous me dire|j'appelle parce que)?\s*/,
  de: /^(?:(?:hallo|guten (?:tag|morgen|abend)|also|ja|ahm|entschuldigung)[\s,]+)*(?:ich (?:mochte|wollte|will) (?:gerne )?(?:wissen|fragen)|konnen sie mir sagen|konnten sie mir sagen|ich rufe an weil)?[\s,]*/,
  pt: /^(?:(?:ola|oi|bom dia|boa tarde|entao|sim|desculpe)[\s,]+)*(?:(?:quero|queria|gostaria de) saber|pode me dizer|poderia me dizer|estou ligando porque)?\s*/,
  ar: /^(?:(?:مرحبا|السلام عليكم|اهلا|نعم|يعني)[\s,]+)*(?:اريد ان اعرف|هل يمكنك ان تخبرني)?\s*/,
};

/** `text` without its polite beginning; null when it has none or nothing but that. */
export function withoutFrame(text: string, language: string): string | null {
  const folded = fold(text).trim();
  const rest = folded.replace(FRAMES[pickLanguage([language])], '');
  return rest === folded || rest.trim() === '' ? null : rest;
}
