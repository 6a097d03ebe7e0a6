/** Speech-to-text port. One stream a call and language; engines do their work off the main thread. */

import type { SegueError } from '../../shared/errors.ts';

export type Word = { text: string; startMs: number; endMs: number /** 0…1 */; confidence: number };

/** A reading as one of the phrases that were asked for; `margin` ≥ 0: as likely as the best reading of all (a log-likelihood). */
export type Spotted = { text: string; margin: number };

export type Recognition = {
  /** Lower-case words as recognised; empty when nothing was. */
  text: string;
  /** Mean word confidence, 0…1; 0 for an empty text. */
  confidence: number;
  words: Word[];
  /** Other readings, best first, without `text` itself. */
  alternatives: string[];
  /** Only where phrases were listened for; several of them may follow each other in a reading. */
  spotted?: Spotted[];
};

export type SttOptions = {
  language: string;
  /** Words that are likely in this call; an engine may ignore them. */
  phrases?: readonly string[];
  /** Short phrases to tell from everything else, see `spotting`; an engine may ignore them. */
  spot?: readonly string[];
};

export type SttStream = {
  /** 16 kHz mono samples, any length; ownership passes to the stream. */
  write(pcm16k: Float32Array): void;
  /**
   * Finalises what was written since the last flush and makes the stream ready for the next segment.
   * Rejects with SPEECH_UNAVAILABLE when the engine is gone.
   */
  flush(): Promise<Recognition>;
  /** Audio that was written and is not worked off yet. */
  readonly behindMs?: number;
  /** Whether segments that begin from now on are compared with the phrases of `spot`. */
  spotting?(on: boolean): void;
  /** Called with the text so far of the running segment, when it changes. */
  onPartial(listener: (text: string) => void): void;
  /** Called when the engine lost what it was given and has not answered yet; the stream goes on with what comes. */
  onLost?(listener: (error: SegueError) => void): void;
  close(): void;
};

export type SttEngine = {
  readonly name: string;
  /** Primary language subtags, e.g. `en`. */
  readonly languages: readonly string[];
  /** Whether streams can be opened now; absent: always. */
  readonly available?: boolean;
  open(options: SttOptions): Promise<SttStream>;
  close(): Promise<void>;
};
