import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CallError } from '../../../client/call/callError.ts';
import { FakeSignalling } from '../../fakes/signalling.ts';
import { ATTACHED, CALL, type FlowPage, openFlow, STARTED } from './openFlow.ts';

let page: FlowPage;
beforeEach(() => {
  page = openFlow();
  return () => page.close();
});

describe('a caller who chooses to write when it is their turn', () => {
  it('is answered in writing, and no microphone opens', async () => {
    const turn = Promise.withResolvers<unknown>();
    const answers = [
      () => Promise.reject(new CallError({ code: 'CAPACITY_REACHED', message: '', retryable: true })),
      () => turn.promise,
    ];
    page.line.answer = ({ name }) => (name === 'call.start' ? answers.shift()?.() : null);
    const started = page.flow.start('voice');
    await vi.waitFor(() => expect(page.line.names).toEqual(['call.start']));
    page.line.tell('queue', { position: 1, waitMs: 0, callsBack: true });
    page.line.tell('queue', { position: 0, waitMs: 0, callsBack: true });
    await vi.waitFor(() => expect(page.line.names).toEqual(['call.start', 'call.start']));
    page.flow.answerExplanation(false);
    turn.resolve(STARTED);
    await started;
    expect(page.opened).toEqual([]);
    expect(page.track.stopped).toBe(true);
    expect(page.line.names.slice(2)).toEqual(['media.giveUp']);
    expect(page.flow.model).toMatchObject({ state: 'live', mode: 'writing', noVoice: null });
  });

  it('reads what was said already on a line that was lost', async () => {
    const hello = { id: 'a', speaker: 'assistant', text: 'Hello.', final: true, language: 'en', atMs: 0 };
    const told: string[] = [];
    page.flow.on('transcript', ({ text }) => told.push(text));
    page.line.answer = () => ({ ...ATTACHED, media: null, lines: [hello] });
    await page.flow.start('writing');
    expect(told).toEqual(['Hello.']);
    expect(page.flow.model.lines).toEqual([hello]);
  });

  it('hears why it is in writing when the server has no sound for them', async () => {
    page.line.answer = () => ({ ...STARTED, media: null });
    await page.flow.start('voice');
    expect([page.track.stopped, page.line.names]).toEqual([true, ['call.start']]);
    expect(page.flow.model).toMatchObject({ state: 'live', mode: 'writing', noVoice: 'server' });
  });
});

describe('what is written', () => {
  const HELLO = { id: 'a', text: 'Hello?' };
  const texts = () => page.line.asked.flatMap(({ name, request }) => (name === 'text.send' ? [request] : []));

  it('on the page before and has not arrived is sent again, once the call is there', async () => {
    const attached = Promise.withResolvers<unknown>();
    page.line.answer = ({ name }) => (name === 'call.attach' ? attached.promise : null);
    const resumed = page.flow.resume({ ...CALL, mode: 'writing', unsent: [HELLO] });
    await vi.waitFor(() => expect(page.line.names).toContain('call.attach'));
    expect([texts(), page.flow.model.unsent]).toEqual([[], [HELLO]]);
    attached.resolve({ ...ATTACHED, media: null });
    await resumed;
    await vi.waitFor(() => expect(page.flow.model.unsent).toEqual([]));
    expect(texts()).toEqual([HELLO]);
  });

  it('is known as unsent until the server has it, also from a call that has failed', async () => {
    const taken = Promise.withResolvers<null>();
    page.line.answer = ({ name }) => (name === 'text.send' ? taken.promise : { ...STARTED, media: null });
    await page.flow.start('writing');
    const [sent, lost] = [page.flow.sendText(' One '), page.flow.sendText('Two')];
    const unsent = () => page.flow.model.unsent.map(({ text }) => text);
    expect(unsent()).toEqual(['One', 'Two']);
    await vi.waitFor(() => expect(texts()).toHaveLength(2));
    taken.resolve(null);
    await Promise.all([sent, lost]);
    expect(unsent()).toEqual([]);
    page.line.answer = () => new Promise(() => {});
    void page.flow.sendText('Three').catch(() => {});
    page.line.tell('call.state', { state: 'failed' });
    expect(unsent()).toEqual(['Three']);
  });

  it('and refused is not sent again behind the back of whoever wrote it', async () => {
    page.line.answer = ({ name }) => {
      if (name === 'text.send') throw new CallError({ code: 'RATE_LIMITED', message: '', retryable: true });
      return { ...STARTED, media: null };
    };
    await page.flow.start('writing');
    await expect(page.flow.sendText('One')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(page.flow.model.unsent).toEqual([]);
  });

  it('for a call that does not begin is known as unsent, too', async () => {
    page.connect = () => Promise.reject(CallError.of('NETWORK_UNREACHABLE'));
    await expect(page.flow.sendText('One')).rejects.toMatchObject({ code: 'NETWORK_UNREACHABLE' });
    expect(page.flow.model).toMatchObject({ state: 'failed', unsent: [{ text: 'One' }] });
  });
});

describe('hanging up while the messages are away', () => {
  it('ends the call here at once, and is told before the next one begins', async () => {
    page.line.answer = () => STARTED;
    await page.flow.start('voice');
    page.line.lose();
    expect(page.flow.model.state).toBe('reconnecting');
    const heard = Promise.withResolvers<null>();
    page.line.answer = () => heard.promise;
    await page.flow.hangUp();
    expect(page.flow.model).toMatchObject({ state: 'ended', endReason: 'caller' });
    expect([page.track.stopped, page.line.closed]).toEqual([true, false]);

    const fresh = new FakeSignalling(() => ({ ...STARTED, callId: 'call_2', media: null }));
    page.connect = async () => fresh;
    const started = page.flow.start('writing');
    await vi.waitFor(() => expect(page.line.hurried).toBe(1));
    page.line.comeBack();
    page.line.tell('call.state', { state: 'ended', reason: 'caller' });
    expect([page.flow.model.state, fresh.names]).toEqual(['connecting', []]);
    heard.resolve(null);
    await started;
    expect([page.line.names, page.line.closed]).toEqual([['call.start', 'call.hangUp'], true]);
    expect(page.flow.model).toMatchObject({ state: 'live', callId: 'call_2' });
    expect(fresh.closed).toBe(false);
  });

  it('says nothing for a call that the server never had', async () => {
    page.connect = () => new Promise(() => {});
    page.flow.start('writing').catch(() => {});
    await vi.waitFor(() => expect(page.flow.ticket).toBeDefined());
    await page.flow.hangUp();
    expect(page.flow.model.state).toBe('ended');
    expect(page.line.names).toEqual([]);
  });
});

describe('muting a call whose voice is not there yet', () => {
  it('has it begin muted, on the next page as well', async () => {
    const connecting = Promise.withResolvers<FakeSignalling>();
    page.connect = () => connecting.promise;
    page.line.answer = () => ATTACHED;
    const resumed = page.flow.resume(CALL);
    await page.flow.mute(true);
    expect(page.flow.model).toMatchObject({ state: 'reconnecting', muted: true });
    connecting.resolve(page.line);
    await resumed;
    expect(page.opened).toEqual([false]);
    expect(page.flow.model).toMatchObject({ state: 'live', muted: true });
  });

  it('goes on muted as it was, and unmuted if that was taken back meanwhile', async () => {
    page.line.answer = () => ATTACHED;
    const resumed = page.flow.resume({ ...CALL, muted: true });
    await resumed;
    expect(page.opened).toEqual([false]);
    page.flow.leave();
    const again = page.flow.resume({ ...CALL, muted: true });
    await page.flow.mute(false);
    await again;
    expect(page.opened).toEqual([false, true]);
  });

  it('holds for a call that has only just been asked for', async () => {
    page.line.answer = () => STARTED;
    const started = page.flow.start('voice');
    await page.flow.mute(true);
    await started;
    expect(page.opened).toEqual([false]);
  });

  it('is refused where there is nothing to mute', async () => {
    await expect(page.flow.mute(true)).rejects.toMatchObject({ code: 'CALL_NOT_STARTED' });
    page.line.answer = () => ({ ...STARTED, media: null });
    await page.flow.start('writing');
    await expect(page.flow.mute(true)).rejects.toMatchObject({ code: 'CALL_NOT_STARTED' });
  });
});
