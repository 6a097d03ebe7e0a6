import type { Listened } from '../../shared/lid/utterance.ts';
import type { Weights } from '../../shared/vad/onnxWeights.ts';
import type { Verdict } from './windowJudge.ts';

/**
 * What the worklet tells the page: each verdict, now and then the network's mean cost of a window, a dead input, and
 * the language that it recognises; null when it has given that up. Where the page has the language recognised elsewhere:
 * the beginning of an utterance, and what of its speech is worth judging.
 */
export type EarsMessage =
  | Verdict
  | { costMs: number; kept: boolean }
  | { dead: boolean }
  | { language: string | null; confidence: number }
  | { utterance: 'begins' | Listened };

/** What the page tells the worklet: weights, once for each network; whether speech is to be collected for
 * a judge elsewhere; whether the assistant talks; or to stop. */
export type EarsOrder =
  | { load: 'speech' | 'language'; weights: Weights }
  | { collect: boolean }
  | { assistantTalks: boolean }
  | 'close';
