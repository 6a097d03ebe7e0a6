import { type Category, CURRENCY, type Product } from '../../store/catalogue.ts';
import type { Owned, Return } from '../../store/model.ts';
import { money, sentenceCase } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { Page } from '../layout.ts';
import { picturePath } from './parts.ts';

const HEADINGS = { lamps: 'Lamps', furniture: 'Small furniture' } as const;

export function cataloguePage(
  products: readonly Product[],
  category: Category | undefined,
  open: Owned<Return> | undefined,
): Page {
  const heading = category ? HEADINGS[category] : 'The collection';
  return {
    title: category ? heading : 'Lamps and small furniture',
    section: category,
    body: html`
      ${open && resumeReturn(open)}
      ${
        category
          ? html`<header class="page-head"><h1>${heading}</h1></header>`
          : html`<section class="hero">
            <div class="hero-words">
              <h1>Light to come home to</h1>
              <p>Lamps and small furniture in oak, linen and brass. Made slowly, in Devon, and meant to be kept.</p>
              <p><a class="button" href="#collection">See the collection</a></p>
            </div>
            <img class="hero-picture" src="/assets/images/hero.svg" width="1200" height="800"
              alt="An evening room: an arc lamp lights a green reading chair and a small oak table.">
          </section>`
      }
      <section class="collection" id="collection" ${!category && html`aria-labelledby="collection-title"`}>
        ${!category && html`<h2 id="collection-title">${heading}</h2>`}
        <ul class="grid">${products.map((product) => card(product, category ? 2 : 3))}</ul>
      </section>
      ${
        !category &&
        html`<ul class="promises" aria-label="What we promise">
        <li><strong>Free delivery</strong> on everything over £50</li>
        <li><strong>30 days</strong> to change your mind</li>
        <li><strong>Mended for life</strong> in our own workshop</li>
      </ul>`
      }`,
  };
}

export function resumeReturn({ id, item }: Owned<Return>): Html {
  return html`<aside class="callout resume" aria-label="Your unfinished return">
    <p>You have not finished returning the <strong>${item.name.toLowerCase()} in ${item.color}</strong>.</p>
    <a href="/returns/${id}">Finish the return</a>
  </aside>`;
}

/** `level` is that of the card's heading in its page. */
function card({ sku, name, colors, priceCents, tagline }: Product, level: 2 | 3): Html {
  return html`<li class="card">
    <a href="/products/${sku}">
      <img src="${picturePath(sku, colors[0] ?? '')}" alt="" width="400" height="400" loading="lazy">
      ${level === 2 ? html`<h2 class="card-name">${name}</h2>` : html`<h3 class="card-name">${name}</h3>`}
    </a>
    <p class="muted">${tagline}</p>
    <p class="card-foot">
      <span class="price">${money(priceCents, CURRENCY)}</span>
      <span class="swatches"><span class="unseen">In ${colors.join(' and ')}</span>${colors.map(
        (color) => html`<span class="swatch ${color}" aria-hidden="true"></span>`,
      )}</span>
    </p>
  </li>`;
}

export function productPage(product: Product, related: readonly Product[]): Page {
  const { sku, name, category, colors, priceCents, tagline, description, details } = product;
  const alt = (color: string) => `${name} in ${color}`;
  const first = colors[0] ?? '';
  return {
    title: name,
    section: category,
    body: html`
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href="/">Collection</a> <span aria-hidden="true">/</span>
        <a href="/?category=${category}">${HEADINGS[category]}</a>
      </nav>
      <div class="product">
        <img class="product-picture" src="${picturePath(sku, first)}" alt="${alt(first)}" width="400" height="400"
          data-variant-picture>
        <div class="product-words">
          <h1>${name}</h1>
          <p class="lead">${tagline}</p>
          <p class="product-price">${money(priceCents, CURRENCY)}</p>
          <form method="post" action="/cart">
            <input type="hidden" name="sku" value="${sku}">
            <fieldset class="choices">
              <legend>Colour</legend>
              ${colors.map(
                (color, index) => html`<label class="choice">
                <input type="radio" name="color" value="${color}" ${index === 0 && html`checked`}
                  data-variant-image="${picturePath(sku, color)}" data-variant-alt="${alt(color)}">
                <span class="swatch ${color}" aria-hidden="true"></span>${sentenceCase(color)}
              </label>`,
              )}
            </fieldset>
            <div class="buy">
              <div class="field quantity">
                <label for="quantity">Quantity</label>
                <select id="quantity" name="quantity">
                  ${[1, 2, 3, 4, 5, 6].map((count) => html`<option>${count}</option>`)}
                </select>
              </div>
              <button class="button" type="submit">Add to cart</button>
            </div>
          </form>
          <p>${description}</p>
          <dl class="details">
            ${details.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}
          </dl>
        </div>
      </div>
      <section class="collection" aria-labelledby="related-title">
        <h2 id="related-title">Goes well with it</h2>
        <ul class="grid">${related.map((other) => card(other, 3))}</ul>
      </section>`,
  };
}
