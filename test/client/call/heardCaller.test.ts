import { beforeEach, describe, expect, it } from 'vitest';
import type { CallHoldings } from '../../../client/call/callHoldings.ts';
import { type CallModel, IDLE_CALL } from '../../../client/call/callModel.ts';
import { HeardCaller } from '../../../client/call/heardCaller.ts';
import { FakeSignalling } from '../../fakes/signalling.ts';

describe('what is heard of the caller', () => {
  let line: FakeSignalling;
  let model: CallModel;
  let told: boolean[];
  let heard: HeardCaller;
  beforeEach(() => {
    line = new FakeSignalling();
    model = { ...IDLE_CALL, state: 'live' };
    told = [];
    heard = new HeardCaller({
      holdings: () => ({ signalling: line.line }) as unknown as CallHoldings,
      model: () => model,
      nowMs: () => 1,
      onSpeech: (active) => told.push(active),
      onLanguage: () => {},
    });
  });

  it('by the device is shown, and a hint for the server, which says it once more to nobody', () => {
    heard.device(true, 0.9);
    heard.server(true);
    heard.server(false);
    expect(told).toEqual([true, false]);
    expect(line.sent).toEqual(['hint.speech']);
  });

  it('is nothing while the caller is muted, and before the call is live', () => {
    model = { ...model, muted: true };
    heard.device(true, 0.9);
    model = { ...IDLE_CALL, state: 'connecting' };
    heard.device(true, 0.9);
    expect([told, line.sent]).toEqual([[], []]);
  });

  it('is over when nobody can be heard any more', () => {
    heard.device(true, 0.9);
    heard.reset();
    heard.reset();
    expect(told).toEqual([true, false]);
  });
});
