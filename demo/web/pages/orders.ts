import type { Address, Customer, Order, OrderStatus, Owned, Payment, Return } from '../../store/model.ts';
import { canChange } from '../../store/orders.ts';
import { dateOf, dayName, momentOf, money, sentenceCase } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { Page } from '../layout.ts';
import { resumeReturn } from './catalogue.ts';
import { field, itemLine, picturePath } from './parts.ts';

const STATUS_WORDS: Readonly<Record<OrderStatus, string>> = {
  processing: 'In the workshop',
  packed: 'Packed',
  dispatched: 'On its way',
  delivered: 'Delivered',
  cancelled: 'Cancelled',
};
const PAYMENT_WORDS: Readonly<Record<Payment['status'], string>> = {
  captured: 'Paid',
  declined: 'Declined',
  refunded: 'Paid back',
};
const STEPS: readonly OrderStatus[] = ['processing', 'packed', 'dispatched', 'delivered'];

export function ordersPage(
  orders: readonly Order[],
  customer: Customer | undefined,
  open: Owned<Return> | undefined,
): Page {
  return {
    title: 'Your orders',
    section: 'orders',
    body: html`${open && resumeReturn(open)}
    <header class="page-head">
      <h1>Your orders</h1>
      ${
        customer
          ? html`<form class="inline" method="post" action="/sign-out">
            <span class="muted">${customer.name}, ${customer.email}</span>
            <button class="link" type="submit">Sign out</button>
          </form>`
          : html`<p class="muted">Placed from this browser. <a href="/sign-in">Sign in</a> to see the others.</p>`
      }
    </header>
    ${
      orders.length === 0
        ? html`<p>There are none yet. <a href="/">See the collection</a>.</p>`
        : html`<ul class="order-list">${orders.map(orderRow)}</ul>`
    }`,
  };
}

function orderRow(order: Order): Html {
  const [first] = order.items;
  return html`<li>
    <a class="order-row" href="/orders/${order.number}">
      ${first && html`<img src="${picturePath(first.sku, first.color)}" alt="" width="80" height="80">`}
      <span class="order-what">
        <strong>${order.items.map(({ name }) => name).join(', ')}</strong>
        <span class="muted">Order ${order.number} · ${dateOf(order.placedAt)}</span>
      </span>
      <span class="order-state">
        <span class="badge ${order.status}">${STATUS_WORDS[order.status]}</span>
        <span class="price">${money(order.totalCents, order.currency)}</span>
      </span>
    </a>
  </li>`;
}

type OrderPageParts = {
  payments: readonly Payment[];
  returns: readonly Return[];
  returnable: boolean;
  placed: boolean;
};

export function orderPage(order: Order, { payments, returns, returnable, placed }: OrderPageParts): Page {
  return {
    title: `Order ${order.number}`,
    section: 'orders',
    body: html`
    <nav class="crumbs" aria-label="Breadcrumb"><a href="/orders">Your orders</a></nav>
    ${placed && html`<p class="callout good" role="status"><strong>Thank you.</strong> We have your order, and begin with it today.</p>`}
    <header class="page-head">
      <h1>Order ${order.number}</h1>
      <p class="muted">Placed on ${dateOf(order.placedAt)} · <span class="badge ${order.status}">${STATUS_WORDS[order.status]}</span></p>
    </header>
    <div class="with-summary">
      <div>
        <section class="panel" aria-labelledby="way-title">
          <h2 id="way-title">${arrival(order)}</h2>
          ${order.status !== 'cancelled' && progress(order.status)}
          ${order.trackingNumber && html`<p>${order.carrier}, tracking number <strong>${order.trackingNumber}</strong></p>`}
        </section>
        <section class="panel" aria-labelledby="items-title">
          <h2 id="items-title">Items</h2>
          <ul class="item-lines">${order.items.map((item) => itemLine(item, order.currency))}</ul>
          <dl class="sums"><div class="total"><dt>Total</dt><dd>${money(order.totalCents, order.currency)}</dd></div></dl>
          ${returns.map(
            (one) =>
              html`<p>Return <a href="/returns/${one.id}">${one.id}</a> of the ${one.item.name.toLowerCase()}: ${returnState(one)}</p>`,
          )}
          ${returnable && html`<p><a class="button quiet" href="/returns/new?order=${order.number}">Return something</a></p>`}
        </section>
      </div>
      <div>
        <section class="panel" aria-labelledby="address-title">
          <h2 id="address-title">Delivery address</h2>
          <address>${addressLines(order.shipTo).map((text) => html`${text}<br>`)}</address>
          ${canChange(order) && addressForm(order)}
        </section>
        <section class="panel" aria-labelledby="payments-title">
          <h2 id="payments-title">Payments</h2>
          <ul class="payments">
            ${payments.map(
              ({ amountCents, currency, status, at, last4 }) => html`<li>
              <span>${money(amountCents, currency)} <span class="muted">card ending in ${last4}</span></span>
              <span class="muted">${PAYMENT_WORDS[status]}, ${momentOf(at)}</span>
            </li>`,
            )}
          </ul>
        </section>
        ${
          canChange(order) &&
          html`<form method="post" action="/orders/${order.number}/cancel">
          <button class="button quiet full" type="submit">Cancel this order</button>
        </form>`
        }
      </div>
    </div>`,
  };
}

export function returnState({ status, method, date }: Return): string {
  if (status === 'started') return 'not finished';
  if (status === 'label_sent' && method === 'pickup' && date) return `we collect it on ${dayName(date)}`;
  return sentenceCase(status).toLowerCase();
}

function arrival({ status, estimatedDelivery, deliveredAt }: Order): string {
  if (status === 'cancelled') return 'Cancelled; the money is on its way back';
  if (status === 'delivered' && deliveredAt) return `Delivered on ${dateOf(deliveredAt)}`;
  return estimatedDelivery ? `Arrives on ${dayName(estimatedDelivery)}` : 'Arrival not known yet';
}

function progress(status: OrderStatus): Html {
  const reached = STEPS.indexOf(status);
  return html`<ol class="progress">
    ${STEPS.map(
      (step, index) =>
        html`<li class="${index <= reached ? 'reached' : 'ahead'}" ${index === reached && html`aria-current="step"`}>${STATUS_WORDS[step]}</li>`,
    )}
  </ol>`;
}

function addressLines({ name, street, city, postcode }: Address): string[] {
  return [name, street, `${city} ${postcode}`];
}

function addressForm({ number, shipTo }: Order): Html {
  return html`<details class="more">
    <summary>Change the address</summary>
    <form method="post" action="/orders/${number}/address">
      ${field('street', 'Street and number', { value: shipTo.street, autocomplete: 'street-address' })}
      ${field('city', 'City', { value: shipTo.city, autocomplete: 'address-level2', maxLength: 60 })}
      ${field('postcode', 'Postcode', { value: shipTo.postcode, autocomplete: 'postal-code', maxLength: 12 })}
      <button class="button quiet" type="submit">Save the address</button>
    </form>
  </details>`;
}
