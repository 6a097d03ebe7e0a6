import { AxeBuilder } from '@axe-core/playwright';
import { describe, expect, it } from 'vitest';
import { ONCE, voiceSkipReason, widgetSkipReason, widgetStage } from './stage.ts';

const skip = Boolean(widgetSkipReason() || voiceSkipReason());

describe.skipIf(skip)('a call through which no sound gets', () => {
  const stage = widgetStage();

  /** Tracks of the microphone that are on; the page's own are looked at, and nothing else. */
  const watchMicrophones = () => {
    const tracks: MediaStreamTrack[] = [];
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (constraints) => {
      const stream = await open(constraints);
      tracks.push(...stream.getTracks());
      return stream;
    };
    Object.assign(window, {
      microphonesOn: () => tracks.filter(({ readyState }) => readyState === 'live').length,
    });
  };
  const microphonesOn = () => stage.visit.page.evaluate<number>('window.microphonesOn()');
  /** A line that was made anew has one of its own. */
  const frames = () => stage.visit.page.locator('iframe').count();
  const states = async () => (await stage.visit.told('segue-state')).map(({ detail }) => detail.state);
  const begin = () =>
    stage.talk({ prepare: async (context) => void (await context.addInitScript(watchMicrophones)) });
  const write = async (text: string) => {
    await stage.visit.page.getByRole('textbox').fill(text);
    await stage.visit.page.keyboard.press('Enter');
    expect(await stage.server.next('text.send')).toEqual({ text, id: ONCE });
  };

  it('goes on in writing, on the next page too, and by voice when the visitor tries again', {
    timeout: 90_000,
  }, async () => {
    const page = await begin();
    stage.server.say({ id: 'a', text: 'Hello.' });
    stage.server.blockSound();
    await stage.server.next('media.giveUp');
    const note = page.locator('.note').filter({ hasText: /No sound gets through.*let’s write/ });
    await note.waitFor();
    await stage.visit.reaches('live');
    await page
      .getByRole('status')
      .filter({ hasText: /No sound gets through/ })
      .waitFor();
    expect(await states()).toEqual(['connecting', 'live', 'reconnecting', 'live']);
    expect((await stage.visit.told('segue-error')).map(({ detail }) => detail.code)).toEqual([
      'MEDIA_TRANSPORT_FAILED',
    ]);
    expect([await microphonesOn(), await frames()]).toEqual([0, 0]);
    expect(await page.getByRole('button', { name: 'Mute', exact: true }).count()).toBe(0);
    await page.getByRole('log').getByText('Hello.').waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await write('Where is my order?');

    // The next page knows that it need not try.
    stage.server.received.length = 0;
    await page.reload();
    await stage.visit.reaches('live');
    expect(await stage.server.next('call.attach')).toEqual({ media: false });
    await note.waitFor();
    await page.getByRole('log').getByText('Hello.').waitFor();
    await write('And the return?');

    // In vain at first; with the keyboard.
    const again = page.getByRole('button', { name: 'Try talking again' });
    await again.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Trying to get sound through…').first().waitFor();
    await stage.server.next('media.renew');
    await stage.server.next('media.giveUp');
    await note.waitFor();
    expect(await microphonesOn()).toBe(0);
    stage.server.soundless = false;
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Mute', exact: true }).waitFor();
    await note.waitFor({ state: 'hidden' });
    expect([await microphonesOn(), await frames()]).toEqual([1, 1]);
    const before = await stage.server.packets();
    await expect.poll(() => stage.server.packets()).toBeGreaterThan(before);
    await page.waitForFunction(() => performance.getEntriesByName('segue:ears').length > 0);
    expect(await states()).not.toContain('failed');
    await page.getByRole('button', { name: 'Hang up' }).click();
    await stage.visit.reaches('ended');
    expect([await microphonesOn(), await frames()]).toEqual([0, 0]);
  });

  it('begins in writing when there was none from the start', { timeout: 45_000 }, async () => {
    stage.server.soundless = true;
    const page = await begin();
    await stage.server.next('media.giveUp');
    await page
      .locator('.note')
      .filter({ hasText: /No sound gets through/ })
      .waitFor();
    await stage.visit.reaches('live');
    expect(await microphonesOn()).toBe(0);
    await write('Where is my order?');
  });
});
