import { TEST_CARDS } from '../../store/cards.ts';
import { CURRENCY } from '../../store/catalogue.ts';
import type { DeclineReason, Item } from '../../store/model.ts';
import { totalOf } from '../../store/orders.ts';
import { money } from '../format.ts';
import { html } from '../html.ts';
import type { Page } from '../layout.ts';
import type { Declined } from '../visitors.ts';
import { field, itemLine, problems } from './parts.ts';

export type CheckoutValues = Partial<
  Record<'email' | 'name' | 'street' | 'city' | 'postcode' | 'expiry', string>
>;

const DECLINES: Readonly<Record<DeclineReason, string>> = {
  insufficient_funds: 'Your bank says there is not enough money on the card.',
  expired_card: 'The card has expired.',
  '3ds_failed': 'Your bank could not confirm that it is you (3-D Secure).',
};

export function checkoutPage(
  items: readonly Item[],
  values: CheckoutValues,
  { declined, wrong }: { declined: Declined | null; wrong: readonly string[] },
): Page {
  const total = money(totalOf(items), CURRENCY);
  return {
    title: 'Checkout',
    section: 'cart',
    body: html`<header class="page-head"><h1>Checkout</h1></header>
    ${problems(wrong)}
    ${
      declined &&
      html`<div class="callout problem" role="alert">
      <p><strong>Your card ending in ${declined.last4} was declined.</strong> ${DECLINES[declined.reason]}</p>
      <p>Nothing was charged. Try another card, or talk to us with the button in the corner.</p>
    </div>`
    }
    <form class="with-summary" method="post" action="/checkout">
      <div>
        <fieldset class="panel">
          <legend>Delivery</legend>
          ${field('email', 'E-mail', { value: values.email, type: 'email', autocomplete: 'email' })}
          ${field('name', 'Name', { value: values.name, autocomplete: 'name' })}
          ${field('street', 'Street and number', { value: values.street, autocomplete: 'street-address' })}
          <div class="pair">
            ${field('city', 'City', { value: values.city, autocomplete: 'address-level2', maxLength: 60 })}
            ${field('postcode', 'Postcode', { value: values.postcode, autocomplete: 'postal-code', maxLength: 12 })}
          </div>
        </fieldset>
        <fieldset class="panel">
          <legend>Card</legend>
          ${field('card', 'Card number', { autocomplete: 'cc-number', inputMode: 'numeric', placeholder: '4242 4242 4242 4242', maxLength: 23 })}
          <div class="pair">
            ${field('expiry', 'Expires (MM/YY)', { value: values.expiry ?? '12/34', autocomplete: 'cc-exp', maxLength: 7 })}
            ${field('cvc', 'Security code', { value: '123', autocomplete: 'cc-csc', inputMode: 'numeric', maxLength: 4 })}
          </div>
          <div class="hints">
            <p>Cards for trying it out:</p>
            <ul>
              ${TEST_CARDS.map(
                ({ number, does }) => html`<li><code>${number}</code> ${does}
                <button type="button" class="link" data-card="${number}" hidden>Use<span class="unseen"> the card that ${does}</span></button></li>`,
              )}
            </ul>
          </div>
        </fieldset>
      </div>
      <section class="panel summary" aria-labelledby="summary-title">
        <h2 id="summary-title">Your order</h2>
        <ul class="item-lines">${items.map((item) => itemLine(item, CURRENCY))}</ul>
        <dl class="sums">
          <div><dt>Delivery</dt><dd>Free</dd></div>
          <div class="total"><dt>Total</dt><dd>${total}</dd></div>
        </dl>
        <button class="button full" type="submit">Pay ${total}</button>
      </section>
    </form>`,
  };
}
