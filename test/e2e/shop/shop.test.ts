import { AxeBuilder } from '@axe-core/playwright';
import { decodeJwt } from 'jose';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Shop } from '../../../demo/shop.ts';
import { openShop } from '../../demo/openShop.ts';
import { browserSkipReason, launchBrowser } from '../browser.ts';
import { startSegueStub } from './segueStub.ts';

type Told = ['identity', string] | ['context', object] | ['track', string, object];

describe.skipIf(browserSkipReason())('the shop in a browser', () => {
  let browser: Browser;
  let shop: Shop;
  let segue: Awaited<ReturnType<typeof startSegueStub>>;
  let context: BrowserContext | undefined;

  beforeAll(async () => {
    segue = await startSegueStub();
    shop = await openShop({ segueOrigin: segue.origin });
    browser = await launchBrowser();
  });
  afterEach(async () => {
    await context?.close();
    context = undefined;
    await fetch(`${shop.origin}/back-office/reset`, { method: 'POST' });
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
    segue?.close();
  });

  /** A page whose complaints are collected: blocked by policy, thrown, or not found. */
  async function open(options: Parameters<Browser['newContext']>[0] = {}) {
    context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      const expected = /status of 402/.test(message.text());
      if (['error', 'warning'].includes(message.type()) && !expected) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('response', (response) => {
      if (response.status() === 404) complaints.push(`404 ${response.url()}`);
    });
    return { page, complaints, go: (path: string) => page.goto(shop.origin + path, { waitUntil: 'load' }) };
  }

  async function signIn(page: Page): Promise<void> {
    await page.goto(`${shop.origin}/sign-in`);
    await page.getByRole('button', { name: 'Be Jane' }).click();
    await page.waitForURL('**/orders');
  }

  /** What the element was told, once the last of it is there. */
  async function told(page: Page, last: Told[0]): Promise<Told[]> {
    const handle = await page.waitForFunction((kind) => {
      const list = (document.querySelector('segue-voice') as unknown as { told?: unknown[][] })?.told;
      return list?.some(([what]) => what === kind) ? list : null;
    }, last);
    return (await handle.jsonValue()) as Told[];
  }

  const devices = [
    { device: 'desktop', viewport: { width: 1280, height: 900 } },
    { device: 'phone', viewport: { width: 390, height: 844 } },
  ];

  it.each(devices)(
    'is accessible in light and dark, keeps to its policy and fits the screen: $device',
    async ({ viewport }) => {
      const { page, complaints, go } = await open({ viewport, reducedMotion: 'reduce' });
      const found: string[] = [];
      const axe = async (scheme: 'light' | 'dark', run: AxeBuilder) => {
        await page.emulateMedia({ colorScheme: scheme });
        const { violations } = await run.analyze();
        for (const { id, nodes } of violations) found.push(`${page.url()} ${scheme} ${id} ${nodes[0]?.html}`);
      };
      // The pages have no frames, so that axe needs no second page to gather its results.
      const builder = () => new AxeBuilder({ page }).setLegacyMode();
      const check = async () => {
        await axe('light', builder());
        // What a scheme changes is colour.
        await axe('dark', builder().withRules(['color-contrast']));
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
        if (wide) found.push(`${page.url()} scrolls sideways`);
        const broken = await page.evaluate(() =>
          [...document.images]
            .filter(({ complete, naturalWidth }) => complete && naturalWidth === 0)
            .map(({ src }) => src),
        );
        found.push(...broken);
      };
      const visit = async (path: string) => {
        await go(path);
        await check();
      };
      for (const path of ['/', '/?category=lamps', '/help', '/chat', '/sign-in', '/cart', '/returns'])
        await visit(path);
      await signIn(page);
      await check();
      for (const path of [
        '/orders/10533',
        '/orders/10498',
        '/returns',
        '/returns/R-2041',
        '/returns/R-2041',
      ]) {
        await visit(path);
      }
      await visit('/returns/new?order=10402');
      await visit('/returns/R-2041');
      await page.getByRole('button', { name: 'Continue' }).click();
      await check();
      await page.getByRole('button', { name: 'Book the pick-up' }).click();
      await check();
      await visit('/products/oak-desk-lamp');
      await page.getByRole('button', { name: 'Add to cart' }).click();
      await check();
      await visit('/checkout');
      await page.getByLabel('Card number').fill('4000 0000 0000 0002');
      await page.getByRole('button', { name: /^Pay/ }).click();
      await page.getByRole('alert').waitFor();
      await check();
      await visit('/back-office');
      expect(found).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  it('tells the element who is signed in, what the page shows and what happened', async () => {
    const { page, go, complaints } = await open();
    await signIn(page);
    await go('/products/oak-desk-lamp');
    const [identity, facts, event] = await told(page, 'track');
    expect(identity?.[0]).toBe('identity');
    expect(decodeJwt(String(identity?.[1]))).toMatchObject({ sub: 'cus_jane', aud: 'segue', site: 'demo' });
    expect(facts).toMatchObject(['context', { return: { id: 'R-2041', step: 'method' } }]);
    expect(event).toEqual(['track', 'product_viewed', { sku: 'oak-desk-lamp' }]);
    expect(complaints).toEqual([]);
  });

  it('tells the element of a declined card, for a guest', async () => {
    const { page, go } = await open();
    await go('/products/globe-table-lamp');
    await page.getByLabel('Amber').check();
    expect(await page.locator('.product-picture').getAttribute('src')).toContain('amber');
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByRole('link', { name: 'Go to checkout' }).click();
    for (const [label, text] of [
      ['E-mail', 'sam@example.com'],
      ['Name', 'Sam Guest'],
      ['Street and number', '3 Wharf Road'],
      ['City', 'Bristol'],
      ['Postcode', 'BS1 4ST'],
    ] as const) {
      await page.getByLabel(label, { exact: true }).fill(text);
    }
    await page.getByRole('button', { name: 'Use the card that fails 3-D Secure' }).click();
    await page.getByRole('button', { name: 'Pay £89' }).click();
    await page.getByRole('alert').waitFor();
    const list = await told(page, 'track');
    expect(list).toEqual([
      ['context', expect.objectContaining({ payment: expect.objectContaining({ reason: '3ds_failed' }) })],
      ['track', 'payment_failed', { reason: '3ds_failed', amountCents: 8900 }],
    ]);
    await page.getByLabel('Card number').pressSequentially('4242424242424242');
    expect(await page.getByLabel('Card number').inputValue()).toBe('4242 4242 4242 4242');
    await page.getByRole('button', { name: 'Pay £89' }).click();
    await page.getByRole('status').getByText('Thank you').waitFor();
  });

  it('can be used by keyboard alone, from the first key', async () => {
    const { page, go } = await open();
    await go('/');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
  });

  it('sells without scripts', async () => {
    const { page, go } = await open({ javaScriptEnabled: false });
    await go('/products/low-stool');
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByRole('combobox').selectOption('3');
    await page.getByRole('button', { name: 'Update' }).click();
    await page.getByText('£297').first().waitFor();
  });
});
