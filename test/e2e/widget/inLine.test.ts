import { describe, expect, it } from 'vitest';
import { ONCE, voiceSkipReason, widgetSkipReason, widgetStage } from './stage.ts';

const skip = Boolean(widgetSkipReason() || voiceSkipReason());

describe.skipIf(skip)('a caller who finds no free line', () => {
  const stage = widgetStage();

  const keepTracks = () => {
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (constraints) => {
      const stream = await open(constraints);
      Object.assign(window, { tracks: stream.getTracks() });
      return stream;
    };
  };

  /** Somebody who has called, and is told to be the third. */
  async function wait(options: { callsBack?: boolean } = {}) {
    const page = await stage.open({
      microphone: 'granted',
      prepare: async (context) => void (await context.addInitScript(keepTracks)),
    });
    stage.server.refusals.set('call.start', 'CAPACITY_REACHED');
    await page.locator('.launcher').click();
    expect(await stage.server.next('call.start')).toEqual({ media: true, wait: true });
    stage.server.tell('queue', { position: 3, waitMs: 150_000, callsBack: options.callsBack ?? true });
    await page.getByText('You are number 3 in line, about 3 min.').first().waitFor();
    return page;
  }

  it('is told the place, and is connected when it is their turn', async () => {
    const page = await wait();
    await page.getByRole('status').getByText('number 3').waitFor();
    stage.server.tell('queue', { position: 1, waitMs: 20_000, callsBack: true });
    await page.getByText('You are number 1 in line, about 1 min.').first().waitFor();
    stage.server.tell('queue', { position: 0, waitMs: 0, callsBack: true });
    expect(await stage.server.next('call.start')).toEqual({ media: true, wait: true });
    await stage.visit.reaches('live');
  });

  it('is heard when their turn comes, although the microphone of before is gone', async () => {
    const page = await wait();
    await page.evaluate('window.tracks.forEach((track) => track.stop())');
    stage.server.tell('queue', { position: 0, waitMs: 0, callsBack: true });
    await stage.visit.reaches('live');
    await page.locator('.note').getByText('through “').waitFor();
    await expect.poll(() => stage.server.packets()).toBeGreaterThan(5);
    expect(stage.server.received.map(({ name }) => name)).not.toContain('media.giveUp');
  });

  it('can write instead, by keyboard too', async () => {
    const page = await wait({ callsBack: false });
    expect(await page.getByRole('button', { name: 'Call me back' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Type instead' }).focus();
    await page.keyboard.press('Enter');
    expect(await stage.server.next('call.start')).toEqual({ media: false, wait: false });
    await stage.visit.reaches('live');
  });

  it('can ask to be called back', async () => {
    const page = await wait();
    await page.getByRole('button', { name: 'Call me back' }).click();
    expect(await stage.server.next('call.start')).toEqual({ media: false, wait: false });
    expect(await stage.server.next('text.send')).toEqual({ text: 'Please call me back later.', id: ONCE });
  });

  it('can leave', async () => {
    const page = await wait();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => stage.server.connected).toBe(0);
  });
});
