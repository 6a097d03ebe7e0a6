import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { ONCE, voiceSkipReason, widgetSkipReason, widgetStage } from './stage.ts';
import type { VisitOptions } from './visit.ts';

type Voice = HTMLElement & {
  state: string;
  callId: string | null;
  context: object;
  identity: string;
  track(name: string): void;
  sendText(text: string): Promise<void>;
};

describe.skipIf(widgetSkipReason() || voiceSkipReason())('a call that outlives its page', () => {
  const stage = widgetStage();
  let strict: Browser;
  beforeAll(async () => {
    strict = await launchBrowser({ autoplay: false });
  });
  afterAll(() => strict?.close());

  const talk = async (options: VisitOptions = {}, by?: Browser): Promise<Page> => {
    const page = await stage.talk(options, by);
    stage.server.say({ id: 'a', text: 'Hello. Is it about your return?' });
    await page.getByRole('log').getByText('Is it about your return?').waitFor();
    return page;
  };
  const stateOf = (page: Page) =>
    page.evaluate(() => (document.querySelector('segue-voice') as Voice | null)?.state);
  const becomes = async (page: Page, state: string) =>
    await expect.poll(() => stateOf(page), { timeout: 15_000 }).toBe(state);
  const axe = async (page: Page) =>
    (await new AxeBuilder({ page }).analyze()).violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`,
    );

  it('goes on after a reload without a click: captions, time and sound', async () => {
    const page = await talk();
    const notice = page.waitForRequest(/\/v1\/notices\/en/);
    await page.reload();
    await becomes(page, 'live');
    expect(await stage.server.next('call.attach')).toEqual({ media: true });
    await notice;
    await page.getByRole('log').getByText('Is it about your return?').waitFor();
    expect(await page.locator('.elapsed').textContent()).toMatch(/1:\d\d/);
    await expect.poll(() => stage.server.packets(), { timeout: 5_000 }).toBeGreaterThan(5);
    expect(stage.server.sessions).toHaveLength(1);
    expect(stage.server.received.map(({ name }) => name)).not.toContain('call.hangUp');
    expect((await stage.visit.told('segue-transcript'))[0]?.detail.text).toContain('your return');
  });

  it('tells the call what the next page shows, muted and minimised as it was', async () => {
    const page = await talk();
    await page.getByRole('button', { name: 'Mute', exact: true }).click();
    await page.locator('.header .plain').click();
    await page.goto(page.url().replace('/returns', '/cart'));
    await page.evaluate(() => {
      const voice = document.querySelector('segue-voice') as Voice;
      voice.context = { cart: 3 };
      voice.track('coupon_rejected');
    });
    await becomes(page, 'live');
    const replaced = await stage.server.next<{ page: { url: string }; context: object }>('context.replace');
    expect(new URL(replaced.page.url).pathname).toBe('/cart');
    expect(replaced.context).toEqual({ cart: 3 });
    expect(await stage.server.next('page.event')).toMatchObject({ name: 'coupon_rejected' });
    expect(stage.server.received.map(({ name }) => name)).not.toContain('page.event');
    await expect
      .poll(() => stage.server.received.filter(({ name }) => name === 'call.mute').at(-1)?.request)
      .toEqual({
        muted: true,
      });
    expect(await page.locator('.panel').count()).toBe(0);
    expect(await page.locator('.launcher').textContent()).toContain('Back to the call');
  });

  it('goes on when the visitor comes back to the page by the history', async () => {
    const page = await talk();
    await page.goto(page.url().replace('/returns', '/cart'));
    await becomes(page, 'live');
    await page.goBack();
    await becomes(page, 'live');
    await page.goForward();
    await becomes(page, 'live');
  });

  it('lets go of the microphone on a page that is kept, and goes on when that is shown again', async () => {
    await stage.open({
      microphone: 'granted',
      prepare: async (context) => {
        await context.addInitScript(() => {
          const tracks: MediaStreamTrack[] = [];
          Object.assign(window, { tracks });
          const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
          navigator.mediaDevices.getUserMedia = async (constraints) => {
            const stream = await open(constraints);
            tracks.push(...stream.getTracks());
            return stream;
          };
        });
      },
    });
    const { page } = stage.visit;
    await page.locator('.launcher').click();
    await stage.visit.reaches('live');
    await page.evaluate(() => (document.querySelector('segue-voice') as Voice).track('payment_failed'));
    expect(await stage.server.next('page.event')).toMatchObject({ name: 'payment_failed' });
    const event = (type: string) =>
      page.evaluate((name) => {
        window.dispatchEvent(new PageTransitionEvent(name, { persisted: true }));
        return (window as unknown as { tracks: MediaStreamTrack[] }).tracks.map(
          ({ readyState }) => readyState,
        );
      }, type);
    expect(await event('pagehide')).toEqual(['ended']);
    await expect.poll(() => stage.server.connected).toBe(0);
    expect(await stateOf(page)).toBe('idle');
    await event('pageshow');
    await becomes(page, 'live');
    await stage.server.next('context.replace');
    await page.evaluate(() => (document.querySelector('segue-voice') as Voice).track('coupon_rejected'));
    expect(await stage.server.next('page.event')).toMatchObject({ name: 'coupon_rejected' });
    expect(stage.server.received.map(({ name }) => name)).not.toContain('call.hangUp');
  });

  it('is found by a page that was kept since before it began', async () => {
    const page = await stage.open({ microphone: 'granted' });
    await page.evaluate((url) => {
      const ids = { callId: 'call_1', sessionId: 'ses_1', token: 't', who: null };
      const call = { ...ids, mode: 'voice', muted: false, panelOpen: true };
      sessionStorage.setItem(`segue.call ${url} demo`, JSON.stringify({ keptAtMs: Date.now(), call }));
      window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    }, stage.server.url);
    await becomes(page, 'live');
    expect(stage.server.received.filter(({ name }) => name === 'call.attach')).toHaveLength(1);
  });

  it('is over for a page that was kept while another tab had it', async () => {
    const first = await talk();
    const second = await first.context().newPage();
    await second.goto(first.url());
    await second.locator('.launcher').getByText('Back to the call').waitFor();
    await second.locator('.launcher').click();
    await second.getByRole('heading', { name: 'You are in a call in another tab' }).waitFor();
    const event = (type: string) =>
      second.evaluate((name) => {
        window.dispatchEvent(new PageTransitionEvent(name, { persisted: true }));
      }, type);
    await event('pagehide');
    await first.locator('.hang-up').click();
    await becomes(first, 'ended');
    await event('pageshow');
    await second.locator('.launcher').getByText('Talk to support').waitFor();
    await second.close();
  });

  it('goes on in writing as well', async () => {
    await stage.open({ microphone: 'prompt' });
    const { page } = stage.visit;
    await page.locator('.launcher').click();
    await page.getByRole('button', { name: 'Type instead' }).click();
    await stage.visit.reaches('live');
    stage.server.say({ id: 'a', text: 'Is it about your return?' });
    await page.getByRole('log').getByText('your return').waitFor();
    await page.reload();
    await becomes(page, 'live');
    expect(await stage.server.next('call.attach')).toEqual({ media: false });
    await page.getByRole('log').getByText('your return').waitFor();
    await page.getByRole('textbox').fill('Yes');
    await page.keyboard.press('Enter');
    expect(await stage.server.next('text.send')).toEqual({ text: 'Yes', id: ONCE });
  });

  it('still asks on the next page what it has asked, and takes an answer before it is live there', async () => {
    const page = await talk();
    stage.server.offer({ kinds: ['keys', 'human'], label: 'Your order number' });
    await page.getByRole('group', { name: 'Keypad' }).waitFor();
    await page.addInitScript(() => {
      document.addEventListener('segue-state', (event) => {
        const { state } = (event as CustomEvent<{ state: string }>).detail;
        if (state === 'reconnecting') void (event.target as Voice).sendText('10427');
      });
    });
    await page.reload();
    expect(await stage.server.next('text.send')).toEqual({ text: '10427', id: ONCE });
    await becomes(page, 'live');
    await page.getByRole('group', { name: 'Keypad' }).waitFor();
  });

  it('ends for the page when the call has ended meanwhile, without a word', async () => {
    const page = await talk();
    stage.server.refusals.set('call.attach', 'CALL_NOT_STARTED');
    await page.reload();
    await stage.server.next('call.attach');
    await expect.poll(() => page.evaluate(() => Object.keys(sessionStorage).length)).toBe(0);
    await becomes(page, 'idle');
    expect(await stage.visit.told('segue-error')).toEqual([]);
    await page.locator('.panel').waitFor({ state: 'detached' });
    await page.reload();
    await page.waitForLoadState('networkidle');
    expect(await stateOf(page)).toBe('idle');
  });

  it('is waited for on the next page when the server is away, as on a page that was not left', {
    timeout: 90_000,
  }, async () => {
    const page = await talk();
    stage.server.away = true;
    stage.server.cut();
    await page.reload();
    await page.waitForTimeout(12_000);
    expect(await stateOf(page)).toBe('reconnecting');
    stage.server.refusals.set('connect', 'DATABASE_UNAVAILABLE');
    stage.server.refusals.set('call.attach', 'NODE_UNREACHABLE');
    stage.server.refusals.set('call.mute', 'CALL_NOT_STARTED');
    stage.server.away = false;
    await becomes(page, 'live');
    expect(await stage.visit.told('segue-error')).toEqual([]);
    await expect.poll(() => stage.server.packets(), { timeout: 5_000 }).toBeGreaterThan(5);
  });

  it('comes back to a server that refuses its socket for a moment', async () => {
    const page = await talk();
    stage.server.refusals.set('connect', 'DATABASE_UNAVAILABLE');
    stage.server.cut();
    await becomes(page, 'reconnecting');
    await expect.poll(() => stage.server.connected, { timeout: 15_000 }).toBe(1);
    stage.server.tell('call.state', { state: 'live' });
    await becomes(page, 'live');
    expect(await stage.visit.told('segue-error')).toEqual([]);
  });

  it('is forgotten when it is hung up', async () => {
    const page = await talk();
    await page.locator('.hang-up').click();
    await stage.visit.reaches('ended');
    expect(await page.evaluate(() => Object.keys(sessionStorage).length)).toBe(0);
  });

  it('is not for whoever signs in next', async () => {
    const token = (sub: string) => `x.${Buffer.from(JSON.stringify({ sub })).toString('base64url')}.x`;
    await stage.open({ microphone: 'granted' });
    const { page } = stage.visit;
    const signIn = (sub: string) =>
      page.evaluate((identity) => {
        (document.querySelector('segue-voice') as Voice).identity = identity;
      }, token(sub));
    await signIn('jane');
    await page.locator('.launcher').click();
    await stage.visit.reaches('live');
    await page.reload();
    await becomes(page, 'live');
    await signIn('jane');
    await page.waitForTimeout(100);
    expect(await stateOf(page)).toBe('live');
    await signIn('mallory');
    await stage.visit.reaches('ended');
    await stage.server.next('call.hangUp');
  });

  it('waits for one tap where the browser asks for the microphone', async () => {
    const page = await talk();
    await page.context().clearPermissions();
    await page.reload();
    const goOn = page.getByRole('button', { name: 'Tap to continue' });
    await goOn.waitFor();
    expect(await stage.server.next('call.attach')).toEqual({ media: false });
    await page.getByRole('heading', { name: 'Your call goes on' }).waitFor();
    await page.locator('[role=status]').getByText('Your call goes on').waitFor();
    await page.getByRole('log').getByText('Is it about your return?').waitFor();
    expect(await axe(page)).toEqual([]);
    await page.context().grantPermissions(['microphone']);
    await goOn.focus();
    await page.keyboard.press('Enter');
    await becomes(page, 'live');
    expect(await stage.server.next('call.attach')).toEqual({ media: true });
  });

  it('goes on hearing, and in writing, when the microphone is refused on the next page, until it is allowed', async () => {
    const page = await talk();
    await page.context().clearPermissions();
    await page.reload();
    const goOn = page.getByRole('button', { name: 'Tap to continue' });
    await goOn.waitFor();
    await page.evaluate(() => {
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = () => {
        mediaDevices.getUserMedia = open;
        return Promise.reject(new DOMException('no', 'NotAllowedError'));
      };
    });
    await goOn.click();
    await becomes(page, 'live');
    await page.locator('.note').getByText('no access to your microphone').waitFor();
    const muted = async (expected: boolean) =>
      await expect
        .poll(() => stage.server.received.filter(({ name }) => name === 'call.mute').at(-1)?.request)
        .toEqual({ muted: expected });
    await muted(true);
    await page.context().grantPermissions(['microphone']);
    await page.getByRole('button', { name: 'Use the microphone' }).click();
    await page.getByRole('button', { name: 'Mute', exact: true }).waitFor();
    await muted(false);
    // Nobody has muted anything on the page before.
    await page.reload();
    await becomes(page, 'live');
    await page.getByRole('button', { name: 'Mute', exact: true }).waitFor();
    await muted(false);
  });

  it('waits for one tap where sound may not begin by itself', async () => {
    const page = await talk({}, strict);
    // A page that the visitor has not touched: its history of gestures is gone.
    const url = page.url();
    const kept = await page.evaluate(() => JSON.stringify({ ...sessionStorage }));
    const fresh = await page.context().newPage();
    await fresh.addInitScript((entries) => {
      for (const [key, value] of Object.entries(JSON.parse(entries) as Record<string, string>)) {
        sessionStorage.setItem(key, value);
      }
      // Chromium lets a page sound that has the microphone; others do not.
      HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    }, kept);
    await page.close();
    await fresh.goto(url);
    await fresh.getByRole('button', { name: 'Tap to continue' }).waitFor();
    await fresh.close();
    await stage.open({});
  });

  it('is in one tab: another sees it, takes it and gives it back', async () => {
    const first = await talk();
    const second = await first.context().newPage();
    await second.goto(first.url());
    const launcher = second.locator('.launcher');
    await launcher.getByText('Back to the call').waitFor();
    await launcher.click();
    await second.getByRole('heading', { name: 'You are in a call in another tab' }).waitFor();
    await second.getByRole('log').getByText('Is it about your return?').waitFor();
    stage.server.say({ id: 'b', text: 'The lamp, isn’t it?' });
    await second.getByRole('log').getByText('The lamp').waitFor();
    expect(await axe(second)).toEqual([]);
    expect(await stateOf(second)).toBe('idle');

    await second.getByRole('button', { name: 'Take it here' }).click();
    await becomes(second, 'live');
    await becomes(first, 'idle');
    const back = first.getByRole('button', { name: 'Take it here' });
    await back.waitFor();
    expect(await stage.server.received.filter(({ name }) => name === 'call.hangUp')).toEqual([]);
    await first.bringToFront();
    await back.click();
    await becomes(first, 'live');
    await becomes(second, 'idle');
    await first.locator('.hang-up').click();
    await second.locator('.panel').waitFor({ state: 'detached' });
    await second.locator('.launcher').getByText('Talk to support').waitFor();
    expect(await second.evaluate(() => document.activeElement?.localName)).toBe('segue-voice');
    await second.close();
  });

  it('goes on in the tab that the visitor looks at when they close its own', async () => {
    const first = await talk();
    const second = await first.context().newPage();
    await second.goto(first.url());
    await second.locator('.launcher').getByText('Back to the call').waitFor();
    stage.visit.follow(second);
    // Without a goodbye, as a tab that crashes.
    await first.close();
    await becomes(second, 'live');
    expect(stage.server.received.map(({ name }) => name)).not.toContain('call.hangUp');
  });

  it('leaves no panel behind when a page takes it that no tab here knows of', async () => {
    const page = await talk();
    stage.server.tell('call.taken', {});
    await becomes(page, 'idle');
    expect(await page.locator('[role=status]').textContent()).toBe('');
    await page.locator('.panel').waitFor({ state: 'detached' });
    await page.locator('.launcher').getByText('Talk to support').waitFor();
  });

  it('is not taken by a duplicate of its tab', async () => {
    const first = await talk();
    const kept = await first.evaluate(() => JSON.stringify({ ...sessionStorage }));
    const duplicate = await first.context().newPage();
    await duplicate.addInitScript((entries) => {
      for (const [key, value] of Object.entries(JSON.parse(entries) as Record<string, string>)) {
        sessionStorage.setItem(key, value);
      }
    }, kept);
    await duplicate.goto(first.url());
    await duplicate.locator('.launcher').getByText('Back to the call').waitFor();
    expect(await stateOf(duplicate)).toBe('idle');
    expect(await stateOf(first)).toBe('live');
    expect(stage.server.received.map(({ name }) => name)).not.toContain('call.attach');
    await duplicate.close();
  });
});
