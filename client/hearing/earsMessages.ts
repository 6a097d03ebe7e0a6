import type { Weights } from '../../shared/vad/onnxWeights.ts';
import type { Verdict } from './windowJudge.ts';

/**
 * What the worklet tells the page: each verdict, now and then the network's mean cost of a window, a dead input, and
 * the language that it recognises; null when it has given that up.
 */
export type EarsMessage =
  | Verdict
  | { costMs: number; kept: boolean }
  | { dead: boolean }
  | { language: string | null; confidence: number };

/** What the page tells the worklet: weights, once for each network; whether the assistant talks; or to stop. */
export type EarsOrder =
  | { load: 'speech' | 'language'; weights: Weights }
  | { assistantTalks: boolean }
  | 'close';
