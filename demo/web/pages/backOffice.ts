import { isDuplicate } from '../../store/payments.ts';
import type { Store } from '../../store/store.ts';
import { momentOf, money, sentenceCase } from '../format.ts';
import { type Html, type HtmlValue, html } from '../html.ts';
import type { Page } from '../layout.ts';

export function backOfficePage(store: Store): Page {
  const { orders, returns, payments, tickets, messages } = store.records;
  const who = (customerId: string | null) =>
    (customerId !== null && store.customer(customerId)?.name) || 'Guest';
  return {
    title: 'Back office',
    body: html`<header class="page-head">
      <h1>Back office</h1>
      <form class="inline" method="post" action="/back-office/reset">
        <span class="muted">What the shop's own people see.</span>
        <button class="button quiet" type="submit">Put everything back</button>
      </form>
    </header>
    ${table(
      'Customers',
      ['Name', 'E-mail', 'Language', 'Thread'],
      store.records.customers.map((one) => [
        one.name,
        one.email,
        one.language,
        html`<a href="/back-office/thread/${one.id}" aria-label="Thread of ${one.name}">Thread</a>`,
      ]),
    )}
    ${table(
      'Orders',
      ['Number', 'Customer', 'Items', 'State', 'Delivery', 'Ships to', 'Total'],
      orders
        .toReversed()
        .map((one) => [
          one.number,
          who(one.customerId),
          one.items.map(({ name, quantity }) => (quantity > 1 ? `${quantity} × ${name}` : name)).join(', '),
          badge(one.status),
          one.estimatedDelivery ?? '–',
          `${one.shipTo.street}, ${one.shipTo.city}`,
          money(one.totalCents, one.currency),
        ]),
    )}
    ${table(
      'Returns',
      ['Id', 'Customer', 'Order', 'Item', 'State', 'Step', 'Begun', 'Method'],
      returns
        .toReversed()
        .map((one) => [
          one.id,
          who(one.customerId),
          one.orderNumber,
          `${one.item.name}, ${one.item.color}`,
          badge(one.status),
          one.step,
          momentOf(one.startedAt),
          [one.method, one.date].filter(Boolean).join(', ') || '–',
        ]),
    )}
    ${table(
      'Tickets',
      ['Id', 'Customer', 'Subject', 'Last message', 'State', 'Opened'],
      tickets
        .toReversed()
        .map((one) => [
          one.id,
          who(one.customerId),
          one.subject,
          one.lastMessage,
          badge(one.status),
          momentOf(one.createdAt),
        ]),
    )}
    ${table(
      'Payments',
      ['Id', 'Customer', 'Order', 'Amount', 'State', 'Card', 'At'],
      payments
        .toReversed()
        .map((one) => [
          one.id,
          who(one.customerId),
          one.orderNumber,
          money(one.amountCents, one.currency),
          isDuplicate(store, one) ? html`${badge(one.status)} ${badge('charged_twice')}` : paymentState(one),
          `… ${one.last4}`,
          momentOf(one.at),
        ]),
    )}
    ${table(
      'Messages',
      ['Customer', 'To', 'Text', 'At'],
      messages.toReversed().map((one) => [who(one.customerId), one.to, one.text, momentOf(one.at)]),
    )}`,
  };
}

function paymentState({ status, reason }: { status: string; reason: string | null }): Html {
  return reason ? html`${badge(status)} <span class="muted">${sentenceCase(reason)}</span>` : badge(status);
}

function badge(state: string): Html {
  return html`<span class="badge ${state}">${sentenceCase(state)}</span>`;
}

function table(title: string, columns: string[], rows: HtmlValue[][]): Html {
  return html`<section class="panel ledger">
    <h2 id="table-${title}">${title} <span class="muted">${rows.length}</span></h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="table-${title}">
      <table>
        <thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
        <tbody>${rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
      </table>
    </div>
  </section>`;
}
