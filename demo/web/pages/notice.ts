import { html } from '../html.ts';
import type { Page } from '../layout.ts';

export function notFoundPage(): Page {
  return {
    title: 'Not found',
    body: html`<section class="narrow notice-page">
      <h1>There is nothing here</h1>
      <p>The page has moved, or it belongs to somebody else.</p>
      <p><a class="button" href="/">Back to the shop</a></p>
    </section>`,
  };
}

export function failurePage(title: string, text: string): Page {
  return {
    title,
    body: html`<section class="narrow notice-page">
      <h1>${title}</h1>
      <p>${text}</p>
      <p><a class="button" href="/">Back to the shop</a></p>
    </section>`,
  };
}
