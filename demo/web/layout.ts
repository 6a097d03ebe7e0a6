import type { Customer } from '../store/model.ts';
import { Html, html } from './html.ts';
import type { PageFacts } from './pageFacts.ts';

export type Page = {
  title: string;
  body: Html;
  /** Which entry of the navigation is this page. */
  section?: 'lamps' | 'furniture' | 'returns' | 'help' | 'chat' | 'orders' | 'cart' | undefined;
};

type Frame = {
  segueOrigin: string;
  customer: Customer | undefined;
  cartCount: number;
  facts: PageFacts;
};

export function layout({ title, body, section }: Page, frame: Frame): Html {
  const { segueOrigin, customer, cartCount, facts } = frame;
  const link = (href: string, name: Page['section'], label: Html | string) =>
    html`<a href="${href}" ${section === name && html`aria-current="page"`}>${label}</a>`;
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>${title} · Lumen &amp; Oak</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="description" content="Lamps and small furniture, made to be kept.">
    <link rel="icon" href="/assets/images/mark.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/assets/shop.css">
    <script type="module" src="/assets/shop.js"></script>
    <script type="module" src="${segueOrigin}/segue.js"></script>
    <script type="module" src="/assets/voice.js"></script>
  </head>
  <body>
    <a class="skip" href="#main">Skip to content</a>
    <header class="site-header">
      <a class="wordmark" href="/">Lumen <span class="ampersand">&amp;</span> Oak</a>
      <nav class="site-nav" aria-label="Shop">
        ${link('/?category=lamps', 'lamps', 'Lamps')}
        ${link('/?category=furniture', 'furniture', 'Furniture')}
        ${link('/returns', 'returns', 'Returns')}
        ${link('/help', 'help', 'Help')}
        ${link('/chat', 'chat', 'Chat')}
      </nav>
      <nav class="site-account" aria-label="Account">
        ${customer ? link('/orders', 'orders', html`<span class="wide">Hello, </span>${customer.firstName}`) : link('/sign-in', 'orders', 'Sign in')}
        ${link('/cart', 'cart', html`Cart<span class="count" ${cartCount === 0 && html`hidden`}>${cartCount}<span class="unseen"> items</span></span>`)}
      </nav>
    </header>
    <main id="main" tabindex="-1">${body}</main>
    <footer class="site-footer">
      <div>
        <p class="wordmark">Lumen <span class="ampersand">&amp;</span> Oak</p>
        <p>Lamps and small furniture, made to be kept.</p>
      </div>
      <nav aria-label="Service">
        <a href="/orders">Your orders</a>
        <a href="/returns">Return something</a>
        <a href="/help">Opening hours and contact</a>
        <a href="/back-office">Back office</a>
      </nav>
      <p class="small">A demonstration shop: nothing is sold here, and no card is charged.</p>
    </footer>
    ${Html.data('page-facts', facts)}
    <segue-voice site="demo"></segue-voice>
  </body>
</html>`;
}
