import { describe, expect, it } from 'vitest';
import { collectPageView } from '../../../client/session/pageView.ts';

const page = (href: string, title = 'Returns', referrer = '', lang = 'fr') =>
  collectPageView({
    document: { title, referrer, documentElement: { lang } } as unknown as Document,
    location: { href } as Location,
  });

describe('the page as the browser shows it', () => {
  it('gives address, title, referrer and language', () => {
    expect(page('https://shop.test/returns?order=1#a', 'Returns', 'https://shop.test/')).toEqual({
      url: 'https://shop.test/returns?order=1#a',
      title: 'Returns',
      referrer: 'https://shop.test/',
      language: 'fr',
    });
  });

  it('leaves credentials out of the address', () => {
    expect(page('https://me:secret@shop.test/x').url).toBe('https://shop.test/x');
  });

  it('stays within the bounds that the server accepts', () => {
    const view = page(`https://shop.test/?q=${'x'.repeat(9000)}`, 't'.repeat(2000), 'not an address');
    expect(view.url.length).toBeLessThanOrEqual(2048);
    expect(view.title.length).toBeLessThanOrEqual(300);
    expect(view.referrer).toBe('');
  });
});
