import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeSegueServer } from '../../fakes/segueServer.ts';
import { launchBrowser } from '../browser.ts';
import { findWorker, ONCE, widgetSkipReason } from './stage.ts';
import { Visit } from './visit.ts';

const DESKTOP = { viewport: { width: 1000, height: 720 } };
const PHONE = { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true };
const LOOKS: [name: string, lang: string, context: BrowserContextOptions][] = [
  ['light on a desktop', 'en', { ...DESKTOP, colorScheme: 'light' }],
  ['dark on a desktop', 'en', { ...DESKTOP, colorScheme: 'dark' }],
  ['light on a phone', 'en', { ...PHONE, colorScheme: 'light' }],
  ['dark on a phone', 'en', { ...PHONE, colorScheme: 'dark' }],
  ['Arabic on a phone', 'ar', { ...PHONE, colorScheme: 'light' }],
  ['Arabic in the dark', 'ar', { ...DESKTOP, colorScheme: 'dark' }],
];

describe.skipIf(widgetSkipReason())('for everybody', () => {
  let browser: Browser;
  let server: FakeSegueServer;

  beforeAll(async () => {
    browser = await launchBrowser();
    server = await FakeSegueServer.start({ workerBin: findWorker() });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const problems = async (page: Page): Promise<string[]> => {
    const { violations } = await new AxeBuilder({ page })
      .options({ rules: { 'target-size': { enabled: true } } })
      .analyze();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
  };

  it.each(LOOKS)('axe finds nothing in any state, %s', async (_name, lang, context) => {
    const visit = await Visit.open(browser, server, { lang, attributes: `lang="${lang}"`, context });
    const { page } = visit;
    const clean = async (state: string) => expect(await problems(page), state).toEqual([]);
    await clean('launcher');
    await page.locator('.launcher').click();
    await page.locator('.promises').waitFor();
    await clean('explanation');
    await page.context().grantPermissions(['microphone']);
    await page.locator('.primary').click();
    await visit.reaches('live');
    await clean('live and silent');
    server.say({ id: 'a', text: 'Hello. Is it about your return?', language: lang });
    server.say({ id: 'b', speaker: 'caller', text: 'Yes, the', final: false });
    server.tell('speech', { who: 'assistant', active: true });
    await page.getByRole('log').getByText('Yes, the').waitFor();
    await clean('live');
    if (await page.locator('.round').count()) await page.locator('.round').click();
    server.offer({ kinds: ['keys', 'text', 'callBack', 'human'], label: 'Order number' });
    await page.locator('.keypad').waitFor();
    await clean('muted, with a keypad');
    await page.locator('.header .plain').click();
    await clean('minimised');
    await page.locator('.launcher').click();
    await page.locator('.hang-up').click();
    await visit.reaches('ended');
    await clean('ended');
    server.refusals.set('session', 'CAPACITY_REACHED');
    await page.locator('.primary').click();
    await visit.reaches('failed');
    await clean('failed');
    await page.locator('.quiet').click();
    await visit.reaches('live');
    await clean('in writing');
    expect(await visit.violations()).toEqual([]);
    await visit.close();
  });

  it('works with the keyboard alone', async () => {
    const visit = await Visit.open(browser, server, { microphone: 'granted' });
    const { page } = visit;
    const focused = () =>
      page.evaluate(() => {
        const element = document.querySelector('segue-voice')?.shadowRoot?.activeElement;
        return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? null;
      });
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Talk to support');
    await page.keyboard.press('Enter');
    await visit.reaches('live');
    const walk: (string | null)[] = [];
    for (let i = 0; i < 3; i += 1) {
      await page.keyboard.press('Tab');
      walk.push(await focused());
    }
    expect(walk).toEqual(['Minimise', 'Conversation', 'Type instead of talking']);
    await page.keyboard.type('Hello');
    await page.keyboard.press('Enter');
    expect(await server.next('text.send')).toEqual({ text: 'Hello', id: ONCE });
    const seen: (string | null)[] = [];
    for (let i = 0; i < 3; i += 1) {
      await page.keyboard.press('Tab');
      seen.push(await focused());
    }
    expect(seen).toEqual(findWorker() ? ['Send', 'Mute', 'Hang up'] : ['Send', 'Hang up', null]);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Escape');
    await expect.poll(focused).toMatch(/^Back to the call/);
    expect(
      await page.evaluate(
        () => (document.querySelector('segue-voice') as unknown as { state: string }).state,
      ),
    ).toBe('live');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Support' }).waitFor();
    await page.getByRole('button', { name: 'Hang up' }).press('Enter');
    await visit.reaches('ended');
    await expect.poll(focused).toBe('Call again');
    await page.keyboard.press('Escape');
    await expect.poll(focused).toBe('Talk to support');
    await visit.close();
  });

  it('shows and tells what ends a minimised call, and leaves the keyboard in the page', async () => {
    const body = '<input id="order" aria-label="Order">';
    const visit = await Visit.open(browser, server, { microphone: 'granted', body });
    const { page } = visit;
    await page.locator('.launcher').click();
    await visit.reaches('live');
    await page.locator('.header .plain').click();
    await page.locator('.panel').waitFor({ state: 'detached' });
    await page.locator('#order').focus();
    server.tell('call.state', { state: 'ended', reason: 'timeout' });
    await page.getByRole('status').getByText('nothing was said for a while').waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('order');
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.locator('.panel').waitFor({ state: 'detached' });
    await visit.close();
  });

  it('stays usable when the page is zoomed to 200 % and more', async () => {
    // A window of 1280 × 1024 at 400 % has 320 × 256 CSS pixels (WCAG 1.4.10).
    const visit = await Visit.open(browser, server, { context: { viewport: { width: 320, height: 256 } } });
    const { page } = visit;
    await page.locator('.launcher').click();
    await page.getByRole('button', { name: 'Type instead' }).click();
    await visit.reaches('live');
    await page.getByRole('button', { name: 'Hang up' }).scrollIntoViewIfNeeded();
    await page.getByRole('button', { name: 'Hang up' }).click();
    await visit.reaches('ended');
    await visit.close();
  });

  it('gives fingers 44 pixels', async () => {
    const visit = await Visit.open(browser, server, { context: PHONE, microphone: 'granted' });
    const { page } = visit;
    await page.locator('.launcher').click();
    await visit.reaches('live');
    server.offer({ kinds: ['keys', 'text', 'callBack', 'human'], label: 'Order number' });
    await page.locator('.keypad').waitFor();
    const small = await page.locator('segue-voice').evaluate((element) =>
      [...(element.shadowRoot?.querySelectorAll<HTMLElement>('button') ?? [])]
        .filter((button) => button.offsetParent !== null)
        .map((button) => ({ name: button.className, box: button.getBoundingClientRect() }))
        .filter(({ box }) => box.width < 44 || box.height < 44)
        .map(({ name }) => name),
    );
    // The round arrow is drawn smaller; its target reaches beyond what is drawn.
    expect(small.filter((name) => name !== 'send')).toEqual([]);
    await visit.close();
  });
});
