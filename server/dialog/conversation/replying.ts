import type { InputOffer } from '../../../shared/events.ts';
import type { Reply } from '../policy.ts';
import type { CallContext } from './callContext.ts';
import type { Draft } from './draft.ts';
import { expectationOf } from './question.ts';

/** How the assistant speaks from now on; 1 is normal. */
export type Manner = {
  rate: number;
  gain: number;
  /** The caller rather writes: a field for it is always offered. */
  writes: boolean;
};

/** What the call gets from a draft. */
export function finishReply(context: CallContext, draft: Draft, manner: Manner): Reply {
  const said = [...draft.sentences, ...draft.asking];
  const sentences = said.length > 0 ? said : context.speaker.phrase('ofCourse');
  return {
    sentences,
    intent: draft.intent,
    expects: draft.follow === undefined ? expectationOf(draft.question) : 'none',
    offer: offerFor(context, draft, manner),
    next: draft.follow ?? 'listen',
    ...(draft.handoff ? { handoff: draft.handoff } : {}),
    ...(manner.rate === 1 ? {} : { rate: manner.rate }),
    ...(manner.gain === 1 ? {} : { gain: manner.gain }),
    ...(context.language === context.session.language ? {} : { language: context.language }),
  };
}

/** Numbers can be keyed in and addresses typed from the first; a colleague is offered when listening has failed. */
function offerFor({ speaker, library }: CallContext, draft: Draft, { writes }: Manner): InputOffer | null {
  const { question, offersHelp, offersCallBack, follow } = draft;
  if (follow !== undefined) return null;
  const slot = question?.kind === 'slot' || question?.kind === 'value' ? question.slot : null;
  const keys = slot?.type === 'number' || slot?.type === 'amount';
  const typed = slot?.type === 'email' || slot?.type === 'address';
  if (!offersHelp && !writes && !(question?.kind === 'slot' && (keys || typed))) return null;
  return {
    kinds: [
      ...(keys ? (['keys'] as const) : []),
      'text',
      ...(offersCallBack && library.site.callBack !== null ? (['callBack'] as const) : []),
      ...(offersHelp ? (['human'] as const) : []),
    ],
    label: slot ? speaker.label(slot.label) : speaker.phraseLabel('typeHere'),
  };
}
