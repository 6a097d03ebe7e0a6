import type { PageView } from '../../shared/events.ts';

const MAX_URL = 2048;
const MAX_TITLE = 300;

/** What the page is, as the browser shows it. Credentials inside a URL are left out. */
export function collectPageView(page: { document: Document; location: Location }): PageView {
  return {
    url: withoutCredentials(page.location.href),
    title: page.document.title.slice(0, MAX_TITLE),
    referrer: withoutCredentials(page.document.referrer),
    language: page.document.documentElement.lang || navigator.language || '',
  };
}

function withoutCredentials(address: string): string {
  try {
    const url = new URL(address);
    url.username = '';
    url.password = '';
    return url.href.slice(0, MAX_URL);
  } catch {
    return '';
  }
}
