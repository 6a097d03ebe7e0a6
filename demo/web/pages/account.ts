import type { Customer } from '../../store/model.ts';
import { type Html, html } from '../html.ts';
import type { Page } from '../layout.ts';

const STORIES: Readonly<Record<string, string>> = {
  cus_jane: 'Began a return yesterday, waits for a table, and was charged twice for a lamp.',
  cus_amelie: 'Waits for a reading chair; it is packed.',
  cus_mateo: 'Sends back a shelf that arrived damaged.',
};

export function signInPage(customers: readonly Customer[]): Page {
  return {
    title: 'Sign in',
    section: 'orders',
    body: html`<div class="narrow">
      <header class="page-head">
        <h1>Sign in</h1>
        <p class="muted">A demonstration shop needs no passwords: be one of its customers, or stay a guest.</p>
      </header>
      <ul class="people">${customers.map(person)}</ul>
      <p><a href="/">Go on as a guest</a></p>
    </div>`,
  };
}

function person({ id, name, firstName, email }: Customer): Html {
  return html`<li class="panel person">
    <span class="initials" aria-hidden="true">${name
      .split(' ')
      .map((word) => word.charAt(0))
      .join('')}</span>
    <div>
      <p class="item-name">${name}</p>
      <p class="muted">${email}</p>
      <p>${STORIES[id]}</p>
    </div>
    <form method="post" action="/sign-in">
      <button class="button" type="submit" name="customer" value="${id}">Be ${firstName}</button>
    </form>
  </li>`;
}
