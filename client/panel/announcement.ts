import { type CallModel, isActive } from '../call/callModel.ts';
import { goingOnText } from './goingOn.ts';
import { statusKey } from './header.ts';
import { inLineText } from './inLine.ts';
import { noteText } from './note.ts';
import { outcomeKey } from './outcome.ts';
import type { PanelState, Words } from './scene.ts';

/** Where the call stands, for a screen reader: one thing at a time, the one that the visitor must know of first. */
export function announcement(
  model: CallModel,
  { mutedHint, line }: Pick<PanelState, 'mutedHint' | 'line'>,
  words: Words,
): string {
  if (model.awaitsTap || model.elsewhere) return goingOnText(model, words);
  if (line && isActive(model.state)) return words(`line.${line}`);
  if (model.place && model.state === 'connecting') {
    return `${words('queue.title')}. ${inLineText(model.place, words)}`;
  }
  if (model.state === 'idle') return '';
  if (mutedHint) return words('mute.hint');
  if (model.state === 'ended' || model.state === 'failed') {
    return `${words(statusKey(model))}. ${words(outcomeKey(model))}`;
  }
  if (model.state !== 'live') return words(statusKey(model));
  if (model.audioBlocked) return words('audio.blocked');
  // With the line that has just appeared; the call's own state is known by then.
  return noteText(model, words) || words(model.mode === 'writing' ? 'status.writing' : 'status.live');
}
