/** Port of engines that recognise which language is spoken. They do their work off the main thread. */

import type { LanguageJudge } from '../../shared/lid/languageJudge.ts';

/**
 * Its `judge` rejects with BAD_REQUEST for less than 0.2 s, MODEL_INVALID for a model that is damaged or another one,
 * SPEECH_UNAVAILABLE when the engine is gone.
 */
export type LanguageIdEngine = LanguageJudge & { readonly name: string };
