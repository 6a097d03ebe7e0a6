import { describe, expect, it } from 'vitest';
import { type CallModel, IDLE_CALL } from '../../../client/call/callModel.ts';
import { announcement } from '../../../client/panel/announcement.ts';
import { wordsOf } from '../../../client/panel/scene.ts';
import en from '../../../shared/strings/ui/en.ts';

describe('what a screen reader is told of the call', () => {
  const told = (model: Partial<CallModel>, line: 'lost' | 'back' | null = null, mutedHint = false) =>
    announcement({ ...IDLE_CALL, state: 'live', ...model }, { line, mutedHint }, wordsOf(en));

  it('is that a tap is needed for its sound, once there is something to tap on', () => {
    expect(told({ audioBlocked: true })).toBe(en['audio.blocked']);
    expect(told({ audioBlocked: true, notice: { kind: 'silent' } })).toBe(en['audio.blocked']);
    expect(told({ audioBlocked: true, state: 'connecting' })).toBe(en['status.connecting']);
    expect(told({ audioBlocked: true }, 'lost')).toBe(en['line.lost']);
    expect(told({ audioBlocked: false })).toBe(en['status.live']);
  });

  it('is why it is in writing, from its beginning, too', () => {
    for (const noVoice of ['refused', 'missing', 'busy', 'server'] as const) {
      expect(told({ mode: 'writing', noVoice })).toBe(en[`note.${noVoice}`]);
      expect(told({ mode: 'writing', noVoice, canTalkAgain: true })).toBe(en[`note.${noVoice}`]);
    }
    expect(told({ mode: 'writing' })).toBe(en['status.writing']);
  });

  it('is what has become of the microphone, and how the call went', () => {
    expect(told({ notice: { kind: 'taken' } })).toBe(en['note.taken']);
    expect(told({ muted: true }, null, true)).toBe(en['mute.hint']);
    expect(told({ state: 'ended', endReason: 'timeout' })).toBe(
      `${en['status.ended']}. ${en['ended.timeout']}`,
    );
    expect(told({ state: 'idle' })).toBe('');
  });
});
