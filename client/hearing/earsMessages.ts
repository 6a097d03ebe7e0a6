import type { Weights } from '../../shared/vad/onnxWeights.ts';
import type { Verdict } from './windowJudge.ts';

/** What the worklet tells the page: each verdict, now and then the network's mean cost of a window, a dead input. */
export type EarsMessage = Verdict | { costMs: number; kept: boolean } | { dead: boolean };

/** What the page tells the worklet: the network's weights, once; or to stop. */
export type EarsOrder = Weights | 'close';
