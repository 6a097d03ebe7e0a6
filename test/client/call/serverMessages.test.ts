import { beforeEach, describe, expect, it } from 'vitest';
import { CallError } from '../../../client/call/callError.ts';
import { CallHoldings } from '../../../client/call/callHoldings.ts';
import { Connection } from '../../../client/call/connection.ts';
import { MicrophoneConsent } from '../../../client/call/microphoneConsent.ts';
import { hearServer, type ServerMessageEvents } from '../../../client/call/serverMessages.ts';
import type { Signalling } from '../../../client/call/signalling.ts';
import { FakeClock } from '../../fakes/clock.ts';

describe('the messages of a server whose socket was lost and is back', () => {
  let clock: FakeClock;
  let holdings: CallHoldings;
  let told: string[];
  let lose: () => void;
  let comeBack: () => void;
  let state: (message: { state: string }) => void;
  /** To each question whether the call is there; the last one is repeated. */
  let answers: (CallError | 'there')[];
  beforeEach(() => {
    clock = new FakeClock();
    told = [];
    answers = ['there'];
    const connection = new Connection({
      onLost: () => told.push('lost'),
      onBack: () => told.push('back'),
      onGivenUp: () => {},
    });
    holdings = new CallHoldings(new MicrophoneConsent(() => {}), connection);
    const signalling = {
      on: (name: string, listener: never) => {
        if (name === 'call.state') state = listener;
      },
      onLost: (listener: () => void) => {
        lose = listener;
      },
      onBack: (listener: () => void) => {
        comeBack = listener;
      },
      onRefused: () => {},
      wake: () => told.push('wake'),
      async request(name: string, request: unknown) {
        told.push(`${name} ${JSON.stringify(request)}`);
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        if (answer instanceof CallError) throw answer;
        return { lines: [{ id: 'a' }] };
      },
    } as unknown as Signalling;
    const events = {
      transcript: ({ id }) => told.push(`line ${id}`),
      failed: ({ code }) => told.push(`failed: ${code}`),
    } as Partial<ServerMessageEvents> as ServerMessageEvents;
    hearServer(signalling, holdings, events, clock);
    return () => holdings.connection.close();
  });
  const ASKED = 'call.attach {"media":false}';
  const outage = async () => {
    lose();
    comeBack();
    await clock.advanceAsync(1_900);
  };

  it('need not be waited for before the call has begun', async () => {
    await outage();
    expect(told).toEqual(['lost', 'back']);
    await clock.advanceAsync(60_000);
    expect(told).toEqual(['lost', 'back']);
  });

  it('say that the call is there, and nobody asks', async () => {
    holdings.begin();
    await outage();
    state({ state: 'live' });
    await clock.advanceAsync(60_000);
    expect(told).toEqual(['lost', 'back']);
  });

  it('are asked for when a call in writing is told nothing', async () => {
    holdings.begin();
    await outage();
    expect(told).toEqual(['lost']);
    await clock.advanceAsync(200);
    expect(told).toEqual(['lost', ASKED, 'line a', 'back']);
  });

  it('are asked for again while the server cannot tell', async () => {
    answers = [new CallError({ code: 'DATABASE_UNAVAILABLE', message: '', retryable: true }), 'there'];
    holdings.begin();
    await outage();
    await clock.advanceAsync(2_200);
    expect(told).toEqual(['lost', ASKED, ASKED, 'line a', 'back']);
  });

  it('are asked for on another line where the call runs elsewhere', async () => {
    answers = [new CallError({ code: 'NODE_UNREACHABLE', message: '', retryable: true }), 'there'];
    holdings.begin();
    await outage();
    await clock.advanceAsync(200);
    expect(told).toEqual(['lost', ASKED, 'wake']);
    await outage();
    await clock.advanceAsync(200);
    expect(told).toEqual(['lost', ASKED, 'wake', ASKED, 'line a', 'back']);
  });

  it('end the call when there is none any more', async () => {
    answers = [CallError.of('CALL_NOT_STARTED')];
    holdings.begin();
    await outage();
    await clock.advanceAsync(60_000);
    expect(told).toEqual(['lost', ASKED, 'failed: CALL_NOT_STARTED']);
  });

  it('are not asked for by a call by voice, which looks for its sound, nor after the end', async () => {
    holdings.begin();
    holdings.voice = { close: () => {} } as NonNullable<CallHoldings['voice']>;
    await outage();
    delete holdings.voice;
    await outage();
    holdings.signalling = { close: () => {} } as unknown as Signalling;
    holdings.release();
    await clock.advanceAsync(60_000);
    expect(told).toEqual(['lost']);
  });
});
