import { type CallModel, isActive } from './callModel.ts';

/**
 * Whether something has just happened that a visitor who has closed the panel has to read or to tap. Told once for each:
 * who closes it again has seen it.
 */
export function wantsAttention(after: CallModel, before: CallModel): boolean {
  // What a call on its way from another page begins with, that one has shown.
  if (!isActive(before.state)) return false;
  if (after.state === 'ended') return after.endReason !== 'caller';
  return (
    after.state === 'failed' ||
    (after.awaitsTap && !before.awaitsTap) ||
    (after.audioBlocked && !before.audioBlocked) ||
    (after.noVoice !== null && before.noVoice === null)
  );
}
