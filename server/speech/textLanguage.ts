import type { Language } from '../../shared/language.ts';

/** The words that carry no meaning of their own: in a few words of writing one or two tell the language. */
const FUNCTION_WORDS: Record<Exclude<Language, 'ar'>, string> = {
  en: `the a an and or but is are was were am be been have has had do does did not my your his her our their this that
    these those it i you he she we they with without for from to of in on at by can could would should will want
    please what where when why how who there here about me`,
  es: `el la los las un una unos unas y o pero es son fue ser estar está estoy están he ha han no mi tu su nuestro este
    esta esto ese esa que qué donde dónde cuando cuándo cómo quién con sin para por de del en al yo tú él ella nosotros
    ellos quiero puedo favor hay muy más se le lo me`,
  fr: `le la les un une des du de et ou mais est sont suis être a ai avez avons ont pas ne mon ma mes votre vos notre ce
    cette ces que qui quoi où quand comment pourquoi avec sans pour par dans sur au aux je tu il elle nous vous ils
    veux voudrais plaît très plus se lui leur me`,
  de: `der die das ein eine einen einem einer und oder aber ist sind war bin sein habe hat haben nicht kein keine mein
    meine ihr ihre unser dieser diese dieses was wo wann warum wie wer mit ohne für von zu zum zur im in am an auf bei
    ich du er sie es wir möchte kann bitte sehr mehr sich mir`,
  pt: `o a os as um uma uns umas e ou mas é são foi ser estar está estou estão tenho tem não meu minha seu sua nosso este
    esta isto esse essa que onde quando como quem com sem para por de do da dos das em no na nos nas ao eu tu ele ela
    nós eles quero posso favor há muito mais se lhe me`,
};

const ARABIC = /\p{Script=Arabic}/gu;
const LETTER = /\p{Letter}/gu;
const MOSTLY = 0.6;
/** Function words that must speak for a language, and by how much more than for the next. */
const LEAST = 2;
const LEAD = 1.5;

const languagesOf = new Map<string, Language[]>();
for (const [language, words] of Object.entries(FUNCTION_WORDS)) {
  for (const word of words.split(/\s+/)) {
    languagesOf.set(word, [...(languagesOf.get(word) ?? []), language as Language]);
  }
}

/** The language of a written sentence by its function words and its script; null when they do not tell. */
export function textLanguage(text: string): { language: Language; confidence: number } | null {
  const letters = text.match(LETTER)?.length ?? 0;
  const arabic = text.match(ARABIC)?.length ?? 0;
  if (letters >= 4 && arabic / letters >= MOSTLY) return { language: 'ar', confidence: 0.9 };
  const points = new Map<Language, number>();
  for (const word of text.toLowerCase().split(/[^\p{Letter}\p{Mark}]+/u)) {
    // A word of several languages says less for each.
    const languages = languagesOf.get(word) ?? [];
    for (const language of languages) {
      points.set(language, (points.get(language) ?? 0) + 1 / languages.length);
    }
  }
  const [best, next] = [...points].sort(([, a], [, b]) => b - a);
  if (!best || best[1] < LEAST || best[1] < LEAD * (next?.[1] ?? 0)) return null;
  return { language: best[0], confidence: best[1] / (best[1] + (next?.[1] ?? 0) + 0.2) };
}
