import { GUEST_ORDER } from '../../seed.ts';
import type { Item, Order, Owned, Return } from '../../store/model.ts';
import { RETURN_REASONS } from '../../store/returns.ts';
import { dateOf, dayName, money } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { Page } from '../layout.ts';
import { returnState } from './orders.ts';
import { field, picturePath, problems } from './parts.ts';

export type Returnable = { order: Order; items: Item[] };

const STEPS = ['What and why', 'How it travels', 'When', 'Done'];

function steps(current: number): Html {
  return html`<ol class="progress" aria-label="Steps of the return">
    ${STEPS.map(
      (label, index) =>
        html`<li class="${index <= current ? 'reached' : 'ahead'}" ${index === current && html`aria-current="step"`}>${label}</li>`,
    )}
  </ol>`;
}

export function returnsPage(
  returns: readonly Owned<Return>[],
  returnable: readonly Returnable[],
  { signedIn, wrong }: { signedIn: boolean; wrong: readonly string[] },
): Page {
  return {
    title: 'Returns',
    section: 'returns',
    body: html`<header class="page-head">
      <h1>Returns</h1>
      <p class="muted">Within 30 days, for any reason. We collect it, or you drop it off.</p>
    </header>
    ${problems(wrong)}
    ${
      returns.length > 0 &&
      html`<section class="panel" aria-labelledby="under-way-title">
      <h2 id="under-way-title">Under way</h2>
      <ul class="order-list">${returns.map(returnRow)}</ul>
    </section>`
    }
    ${
      returnable.length > 0 &&
      html`<section class="panel" aria-labelledby="can-title">
      <h2 id="can-title">What you can return</h2>
      <ul class="order-list">${returnable.map(returnableRow)}</ul>
    </section>`
    }
    ${
      signedIn
        ? returns.length === 0 &&
          returnable.length === 0 &&
          html`<p>There is nothing to return at the moment.</p>`
        : html`<section class="panel narrow" aria-labelledby="find-title">
          <h2 id="find-title">Find your order</h2>
          <p class="muted">To try it as a guest: order ${GUEST_ORDER.number}, postcode ${GUEST_ORDER.postcode}. With an
            account, <a href="/sign-in">sign in</a>.</p>
          <form method="post" action="/returns/find">
            ${field('number', 'Order number', { inputMode: 'numeric', maxLength: 12 })}
            ${field('postcode', 'Postcode it went to', { autocomplete: 'postal-code', maxLength: 12 })}
            <button class="button" type="submit">Find it</button>
          </form>
        </section>`
    }`,
  };
}

function returnRow(one: Return): Html {
  return html`<li>
    <a class="order-row" href="/returns/${one.id}">
      <img src="${picturePath(one.item.sku, one.item.color)}" alt="" width="80" height="80">
      <span class="order-what">
        <strong>${one.item.name}, ${one.item.color}</strong>
        <span class="muted">${one.id} · begun on ${dateOf(one.startedAt)} · ${returnState(one)}</span>
      </span>
      <span class="order-state">${one.status === 'started' && html`<span class="badge packed">Finish it</span>`}
        <span class="price">${money(one.refundCents, one.currency)}</span></span>
    </a>
  </li>`;
}

function returnableRow({ order, items }: Returnable): Html {
  const [first] = items;
  return html`<li>
    <a class="order-row" href="/returns/new?order=${order.number}">
      ${first && html`<img src="${picturePath(first.sku, first.color)}" alt="" width="80" height="80">`}
      <span class="order-what">
        <strong>${items.map(({ name }) => name).join(', ')}</strong>
        <span class="muted">Order ${order.number}</span>
      </span>
      <span class="order-state">Return</span>
    </a>
  </li>`;
}

export function newReturnPage({ order, items }: Returnable): Page {
  return {
    title: `Return from order ${order.number}`,
    section: 'returns',
    body: html`<div class="narrow">
      <header class="page-head"><h1>Return from order ${order.number}</h1></header>
      ${steps(0)}
      <form class="panel" method="post" action="/returns">
        <input type="hidden" name="orderNumber" value="${order.number}">
        <fieldset class="choices tall">
          <legend>What goes back?</legend>
          ${items.map(
            ({ sku, name, color }, index) => html`<label class="choice">
            <input type="radio" name="item" value="${sku}/${color}" required ${index === 0 && html`checked`}>
            <img src="${picturePath(sku, color)}" alt="" width="56" height="56">
            <span>${name}, ${color}</span>
          </label>`,
          )}
        </fieldset>
        <fieldset class="choices tall">
          <legend>Why?</legend>
          ${Object.entries(RETURN_REASONS).map(
            ([reason, label]) => html`<label class="choice">
            <input type="radio" name="reason" value="${reason}" required> <span>${label}</span>
          </label>`,
          )}
        </fieldset>
        <button class="button" type="submit">Continue</button>
      </form>
    </div>`,
  };
}

export function returnPage(one: Return, days: readonly string[]): Page {
  const { id, item, orderNumber, refundCents, currency } = one;
  return {
    title: `Return ${id}`,
    section: 'returns',
    body: html`<div class="narrow">
      <nav class="crumbs" aria-label="Breadcrumb"><a href="/returns">Returns</a></nav>
      <header class="page-head">
        <h1>Return ${id}</h1>
      </header>
      ${steps(one.step === 'method' ? 1 : one.step === 'date' ? 2 : 3)}
      <section class="panel" aria-label="${item.name}">
        <div class="return-item">
          <img src="${picturePath(item.sku, item.color)}" alt="" width="112" height="112">
          <p><strong>${item.name}, ${item.color}</strong><br>
            <span class="muted">Order ${orderNumber}. You get back ${money(refundCents, currency)}.</span></p>
        </div>
        ${one.step === 'method' && methodForm(one)}
        ${one.step === 'date' && dateForm(one, days)}
        ${one.step === 'done' && done(one)}
      </section>
    </div>`,
  };
}

function methodForm({ id }: Return): Html {
  return html`<form method="post" action="/returns/${id}/method">
    <fieldset class="choices tall">
      <legend>How does it travel?</legend>
      <label class="choice"><input type="radio" name="method" value="pickup" required checked>
        <span><strong>We collect it</strong><br><span class="muted">From your door, on a day you choose. Free.</span></span></label>
      <label class="choice"><input type="radio" name="method" value="dropoff" required>
        <span><strong>I drop it off</strong><br><span class="muted">At any parcel shop, with a label by e-mail. Free.</span></span></label>
    </fieldset>
    <button class="button" type="submit">Continue</button>
  </form>`;
}

function dateForm({ id }: Return, days: readonly string[]): Html {
  return html`<form method="post" action="/returns/${id}/date">
    <div class="field">
      <label for="date">On which day shall we come?</label>
      <select id="date" name="date">${days.map((day) => html`<option value="${day}">${dayName(day)}</option>`)}</select>
    </div>
    <button class="button" type="submit">Book the pick-up</button>
  </form>`;
}

function done(one: Return): Html {
  const { method, date, status } = one;
  if (status !== 'label_sent') return html`<p role="status">State of this return: ${returnState(one)}.</p>`;
  return method === 'pickup' && date
    ? html`<p role="status"><strong>Booked.</strong> The carrier comes on ${dayName(date)}, between 9 and 5, and brings the label.</p>`
    : html`<p role="status"><strong>All set.</strong> The label is in your e-mail; any parcel shop takes it.</p>`;
}
