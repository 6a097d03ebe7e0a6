import { CURRENCY } from '../../store/catalogue.ts';
import type { Item } from '../../store/model.ts';
import { totalOf } from '../../store/orders.ts';
import { money } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { Page } from '../layout.ts';
import { picturePath } from './parts.ts';

export const MOST_OF_ONE = 6;

export function cartPage(items: readonly Item[]): Page {
  if (items.length === 0) {
    return {
      title: 'Cart',
      section: 'cart',
      body: html`<section class="narrow notice-page">
        <h1>Your cart is empty</h1>
        <p>A good lamp is a fine place to begin.</p>
        <p><a class="button" href="/?category=lamps">See the lamps</a></p>
      </section>`,
    };
  }
  const total = money(totalOf(items), CURRENCY);
  return {
    title: 'Cart',
    section: 'cart',
    body: html`<header class="page-head"><h1>Your cart</h1></header>
    <div class="with-summary">
      <ul class="lines">${items.map(line)}</ul>
      <section class="panel summary" aria-labelledby="summary-title">
        <h2 id="summary-title">Summary</h2>
        <dl class="sums">
          <div><dt>Items</dt><dd>${total}</dd></div>
          <div><dt>Delivery</dt><dd>Free</dd></div>
          <div class="total"><dt>Total</dt><dd>${total}</dd></div>
        </dl>
        <a class="button full" href="/checkout">Go to checkout</a>
      </section>
    </div>`,
  };
}

function line({ sku, name, color, quantity, priceCents }: Item, index: number): Html {
  return html`<li class="cart-line">
    <img src="${picturePath(sku, color)}" alt="" width="112" height="112">
    <div>
      <p class="item-name"><a href="/products/${sku}">${name}</a></p>
      <p class="muted">${color}</p>
      <form class="inline" method="post" action="/cart/quantity">
        <input type="hidden" name="sku" value="${sku}">
        <input type="hidden" name="color" value="${color}">
        <label class="unseen" for="quantity-${index}">Quantity of ${name}, ${color}</label>
        <select id="quantity-${index}" name="quantity" data-submit-on-change>
          ${Array.from({ length: MOST_OF_ONE }, (_, at) => at + 1).map(
            (count) => html`<option ${count === quantity && html`selected`}>${count}</option>`,
          )}
        </select>
        <button class="link" type="submit" name="update" value="1">Update</button>
        <button class="link" type="submit" name="remove" value="1">Remove<span class="unseen"> ${name}, ${color}</span></button>
      </form>
    </div>
    <p class="price">${money(quantity * priceCents, CURRENCY)}</p>
  </li>`;
}
