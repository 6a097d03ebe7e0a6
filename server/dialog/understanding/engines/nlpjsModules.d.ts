/** What this project uses of nlp.js, which ships no types. */

declare module '@nlpjs/neural' {
  export type Features = Record<string, number>;
  export class NeuralNetwork {
    constructor(settings?: {
      log?: boolean;
      iterations?: number;
      errorThresh?: number;
      deltaErrorThresh?: number;
      learningRate?: number;
      momentum?: number;
      alpha?: number;
    });
    train(corpus: { input: Features; output: Features }[]): { iterations: number; error: number };
    /** Raw activations by output, zero or more. */
    run(input: Features): Features | undefined;
  }
}

declare module '@nlpjs/lang-en-min' {
  export class TokenizerEn {
    tokenize(text: string, normalize: boolean): string[];
  }
  export class StemmerEn {
    stem(words: string[]): string[];
  }
  export class StopwordsEn {
    dictionary: Record<string, boolean>;
  }
}

declare module '@nlpjs/lang-es' {
  export class TokenizerEs {
    tokenize(text: string, normalize: boolean): string[];
  }
  export class StemmerEs {
    stem(words: string[]): string[];
  }
  export class StopwordsEs {
    dictionary: Record<string, boolean>;
  }
}

declare module '@nlpjs/lang-fr' {
  export class TokenizerFr {
    tokenize(text: string, normalize: boolean): string[];
  }
  export class StemmerFr {
    stem(words: string[]): string[];
  }
  export class StopwordsFr {
    dictionary: Record<string, boolean>;
  }
}

declare module '@nlpjs/lang-de' {
  export class TokenizerDe {
    tokenize(text: string, normalize: boolean): string[];
  }
  export class StemmerDe {
    stem(words: string[]): string[];
  }
  export class StopwordsDe {
    dictionary: Record<string, boolean>;
  }
}

declare module '@nlpjs/lang-pt' {
  export class TokenizerPt {
    tokenize(text: string, normalize: boolean): string[];
  }
  export class StemmerPt {
    stem(words: string[]): string[];
  }
  export class StopwordsPt {
    dictionary: Record<string, boolean>;
  }
}

declare module '@nlpjs/lang-ar' {
  export class TokenizerAr {
    tokenize(text: string, normalize: boolean): string[];
  }
  export class StemmerAr {
    stem(words: string[]): string[];
  }
  export class StopwordsAr {
    dictionary: Record<string, boolean>;
  }
}
