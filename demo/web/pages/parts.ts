import type { Item } from '../../store/model.ts';
import { money } from '../format.ts';
import { type Html, html } from '../html.ts';

export function picturePath(sku: string, color: string): string {
  return `/assets/images/${sku}-${color}.svg`;
}

export function itemLine(item: Item, currency: string): Html {
  return html`<li class="item-line">
    <img src="${picturePath(item.sku, item.color)}" alt="" width="72" height="72">
    <div>
      <p class="item-name">${item.name}</p>
      <p class="muted">${item.color}${item.quantity > 1 && ` · ${item.quantity} pieces`}</p>
    </div>
    <p class="price">${money(item.quantity * item.priceCents, currency)}</p>
  </li>`;
}

/** What is wrong with a form; it is announced when the page opens. */
export function problems(texts: readonly string[]): Html | false {
  return (
    texts.length > 0 &&
    html`<div class="callout problem" role="alert">
      ${texts.map((text) => html`<p>${text}</p>`)}
    </div>`
  );
}

export function field(
  name: string,
  label: string,
  { value = '', autocomplete, type = 'text', ...more }: FieldOptions = {},
): Html {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input id="${name}" name="${name}" type="${type}" value="${value}" required
      maxlength="${more.maxLength ?? 120}"
      ${autocomplete && html`autocomplete="${autocomplete}"`}
      ${more.inputMode && html`inputmode="${more.inputMode}"`}
      ${more.placeholder && html`placeholder="${more.placeholder}"`}>
  </div>`;
}

type FieldOptions = {
  value?: string | undefined;
  autocomplete?: string;
  type?: string;
  inputMode?: string;
  placeholder?: string;
  maxLength?: number;
};
