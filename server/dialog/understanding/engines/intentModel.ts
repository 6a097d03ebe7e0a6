import { type Features, NeuralNetwork } from '@nlpjs/neural';
import type { IntentExamples, Understanding } from '../nlu.ts';
import { conceptsOf } from './concepts.ts';
import { elsewhere } from './elsewhere.ts';
import { withoutFrame } from './frames.ts';
import { loadStemming, type Stemming } from './stemming.ts';
import { type Explained, type Meant, Vocabulary } from './vocabulary.ts';

/** Output of the classifier for speech that belongs to no intent; no playbook can have this name. */
const ELSEWHERE = ' elsewhere';

/**
 * An intent needs this score, and this lead over the second, to be believed. Chosen on the tuning utterances of
 * test/fixtures/understanding.ts. Of the intents scored 0.6 or more about 99 % are right, between 0.3 and 0.6 about
 * five of six: enough for a question, hardly for an action.
 */
const LEAST_SCORE = 0.28;
const LEAST_LEAD = 0.04;
/** From this score on two intents were said at once, and the first is taken. */
const STRONG = 0.45;
/** What a reading of the same audio loses for each place behind the first. */
const LOSS_BY_RANK = 0.06;
const MOST_READINGS = 6;
/** Pairs of neighbouring words count less than the words. */
const PAIR_WEIGHT = 0.5;
/** Common words count this much of their rarity. */
const COMMON_WEIGHT = 0.35;
/** An unknown word weighs less than a rare known one: callers embellish. */
const UNKNOWN_WEIGHT = 0.5;
/** Share of the words from which an intent's examples explain enough; below it the score shrinks with the share. */
const FULL_COVERAGE = 0.7;
/** Common words count this much in that share. */
const COMMON_COVERAGE = 0.5;
/** How much of the activation for speech elsewhere is taken from every intent. */
const AWAY_WEIGHT = 0.5;

type Example = { intent: string; features: Features; length: number };

/**
 * Scores texts against intents. Half of a score is the activation of nlp.js's classifier (one perceptron an
 * intent), the other half the cosine with the nearest example, words weighted by rarity (tf-idf): the first
 * generalises over examples, the second notices how much of what was said no example explains.
 */
export class IntentModel {
  readonly #language: string;
  readonly #stemming: Stemming;
  readonly #vocabulary: Vocabulary;
  readonly #network = new NeuralNetwork({ log: false, iterations: 300, errorThresh: 0.0005 });
  readonly #rarity = new Map<string, number>();
  readonly #examples: readonly Example[];
  /** Stems and concepts of an intent's examples. */
  readonly #own = new Map<string, Set<string>>();
  readonly #intents: readonly string[];
  readonly #rarest: number;

  static async train(intents: readonly IntentExamples[], language: string): Promise<IntentModel> {
    const vocabulary = new Vocabulary(conceptsOf(language));
    return new IntentModel(intents, language, await loadStemming(language), vocabulary);
  }

  private constructor(
    intents: readonly IntentExamples[],
    language: string,
    stemming: Stemming,
    vocabulary: Vocabulary,
  ) {
    this.#language = language;
    this.#stemming = stemming;
    this.#vocabulary = vocabulary;
    this.#intents = intents.map(({ intent }) => intent);
    const sentences = intents.flatMap(({ intent, examples }) =>
      examples.map((example) => ({ intent, stems: stemming.stems(example) })),
    );
    for (const { stems } of sentences) for (const stem of stems) vocabulary.add(stem);
    this.#rarest = Math.log(1 + sentences.length);
    const explained = sentences.map(({ intent, stems }) => ({ intent, words: vocabulary.explain(stems) }));
    this.#weigh(explained.map(({ words }) => words));
    this.#examples = explained.map(({ intent, words }) => {
      const features = featuresOf(words);
      return { intent, features, length: this.#length(features) };
    });
    for (const { intent, words } of explained) {
      const own = this.#own.get(intent) ?? new Set();
      for (const { stem, concepts } of words)
        for (const feature of singlesOf({ stem, concepts })) own.add(feature);
      this.#own.set(intent, own);
    }
    const corpus = this.#examples.map(({ intent, features }) => ({
      input: features,
      output: { [intent]: 1 },
    }));
    for (const sentence of elsewhere(language)) {
      const known = vocabulary
        .explain(stemming.stems(sentence))
        .filter(({ meant }) => meant[0]?.weight === 1);
      if (known.length > 0) corpus.push({ input: featuresOf(known), output: { [ELSEWHERE]: 1 } });
    }
    if (corpus.length > 0) this.#network.train(corpus);
  }

  understand(texts: readonly string[]): Understanding {
    const scores = new Map<string, number>();
    texts.slice(0, MOST_READINGS).forEach((text, rank) => {
      const bare = withoutFrame(text, this.#language);
      const scored = [...this.#score(text), ...(bare === null ? [] : this.#score(bare))];
      for (const [intent, score] of scored) {
        const weighted = score * (1 - LOSS_BY_RANK * rank);
        if (weighted > (scores.get(intent) ?? 0)) scores.set(intent, weighted);
      }
    });
    const ranking = [...scores]
      .map(([intent, score]) => ({ intent, score }))
      .sort((a, b) => b.score - a.score);
    const [best, second] = ranking;
    const lead = (best?.score ?? 0) - (second?.score ?? 0);
    const believed =
      best !== undefined && best.score >= LEAST_SCORE && (lead >= LEAST_LEAD || best.score >= STRONG);
    return { intent: believed ? best.intent : null, score: best?.score ?? 0, ranking };
  }

  #score(text: string): [string, number][] {
    const words = this.#vocabulary.explain(this.#stemming.stems(text));
    const features = featuresOf(words);
    if (Object.keys(features).length === 0) return [];
    const activations = this.#network.run(features) ?? {};
    const length = Math.hypot(this.#length(features), this.#unexplained(words));
    const nearest = new Map<string, number>();
    for (const example of this.#examples) {
      const cosine = this.#dot(features, example.features) / (length * example.length || 1);
      if (cosine > (nearest.get(example.intent) ?? 0)) nearest.set(example.intent, cosine);
    }
    const away = AWAY_WEIGHT * (activations[ELSEWHERE] ?? 0);
    return this.#intents
      .map((intent): [string, number] => {
        const activation = Math.max(0, Math.min(1, activations[intent] ?? 0) - away);
        const score = (activation + (nearest.get(intent) ?? 0)) / 2;
        return [intent, score * Math.min(1, this.#coverage(intent, words) / FULL_COVERAGE)];
      })
      .filter(([, score]) => score > 0);
  }

  /** Share of the words that the intent's examples have: of two intents said at once, the fuller one counts. */
  #coverage(intent: string, words: readonly Explained[]): number {
    const own = this.#own.get(intent);
    let sum = 0;
    let whole = 0;
    for (const { word, meant, concepts } of words) {
      const weight = this.#stemming.isCommon(word) ? COMMON_COVERAGE : 1;
      const byStem = meant.find(({ stem }) => own?.has(stem))?.weight ?? 0;
      sum +=
        weight *
        Math.max(
          byStem,
          conceptWeight(concepts, (concept) => own?.has(concept) ?? false),
        );
      whole += weight;
    }
    return sum / (whole || 1);
  }

  #weigh(sentences: readonly (readonly Explained[])[]): void {
    const counts = new Map<string, number>();
    const common = new Set<string>();
    for (const words of sentences) {
      const singles = new Set(words.flatMap(singlesOf));
      for (const single of singles) counts.set(single, (counts.get(single) ?? 0) + 1);
      for (const { word, stem } of words) if (this.#stemming.isCommon(word)) common.add(stem);
    }
    for (const [single, count] of counts) {
      const rarity = Math.log(1 + sentences.length / count);
      this.#rarity.set(single, common.has(single) ? rarity * COMMON_WEIGHT : rarity);
    }
  }

  #rarityOf(feature: string): number {
    const known = this.#rarity.get(feature);
    if (known !== undefined) return known;
    const [first, second] = feature.split(' ');
    return ((this.#rarity.get(first ?? '') ?? 0) + (this.#rarity.get(second ?? '') ?? 0)) / 2;
  }

  /** Length of the part of an utterance that no example has. */
  #unexplained(words: readonly Explained[]): number {
    let sum = 0;
    for (const { word, meant, concepts } of words) {
      const byConcept = conceptWeight(concepts, (concept) => this.#rarity.has(concept));
      const known = Math.max(meant[0]?.weight ?? 0, byConcept);
      sum +=
        (UNKNOWN_WEIGHT * this.#rarest * (this.#stemming.isCommon(word) ? COMMON_WEIGHT : 1) * (1 - known)) **
        2;
    }
    return Math.sqrt(sum);
  }

  #dot(a: Features, b: Features): number {
    let sum = 0;
    for (const [feature, weight] of Object.entries(a)) {
      const other = b[feature];
      if (other !== undefined) sum += weight * other * this.#rarityOf(feature) ** 2;
    }
    return sum;
  }

  #length(features: Features): number {
    return Math.sqrt(this.#dot(features, features));
  }
}

const singlesOf = ({ stem, concepts }: Pick<Explained, 'stem' | 'concepts'>): string[] => [
  stem,
  ...concepts.map(({ concept }) => concept),
];

function conceptWeight(concepts: Explained['concepts'], counts: (concept: string) => boolean): number {
  return Math.max(0, ...concepts.map(({ concept, weight }) => (counts(concept) ? weight : 0)));
}

/** Weights of stems, concepts and pairs of neighbours; a misheard word counts as what it may have been. */
function featuresOf(words: readonly Explained[]): Features {
  const features: Features = {};
  const raise = (feature: string, weight: number) => {
    features[feature] = Math.max(features[feature] ?? 0, weight);
  };
  let previous: Meant | undefined;
  for (const { meant, concepts } of words) {
    for (const { stem, weight } of meant) raise(stem, weight);
    for (const { concept, weight } of concepts) raise(concept, weight);
    const first = meant[0];
    if (first && previous && first.stem !== previous.stem) {
      raise(`${previous.stem} ${first.stem}`, PAIR_WEIGHT * Math.min(first.weight, previous.weight));
    }
    previous = first;
  }
  return features;
}
