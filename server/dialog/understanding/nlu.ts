/** Natural-language understanding port: which intent a caller's words belong to. */

export type IntentExamples = { intent: string; examples: readonly string[] };

export type Understanding = {
  /** Best intent, or null when nothing is near enough. */
  intent: string | null;
  /** 0…1 */
  score: number;
  /** All intents with a score above zero, best first. */
  ranking: { intent: string; score: number }[];
};

export type Nlu = {
  readonly name: string;
  /** `text` with other readings of the same audio, best first. Runs off the main thread. */
  understand(turn: {
    text: string;
    alternatives: readonly string[];
    language: string;
  }): Promise<Understanding>;
  close(): Promise<void>;
};

export type TrainNlu = (intents: readonly IntentExamples[], language: string) => Promise<Nlu>;
