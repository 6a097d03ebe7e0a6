import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../widget/icons.ts';
import { BACKSPACE, CALL_BACK, KEYPAD, PEN, PERSON, SEND } from './icons.ts';
import type { Scene } from './scene.ts';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;
const MAX_DIGITS = 32;

/** Whether the keypad takes the place of the field for writing. */
export function isKeypadOpen({ model, local }: Scene): boolean {
  return local.digits !== null && model.offer?.kinds.includes('keys') === true;
}

/** Other ways to answer what the assistant has asked. */
export function inputOffer(scene: Scene): TemplateResult | typeof nothing {
  const { model, words, act } = scene;
  const { offer } = model;
  if (!offer) return nothing;
  const has = (kind: (typeof offer.kinds)[number]) => offer.kinds.includes(kind);
  const keypadOpen = isKeypadOpen(scene);
  return html`<div class="offer" role="group" aria-label=${offer.label}>
    <p class="offer-label">${offer.label}</p>
    ${keypadOpen ? keypad(scene) : nothing}
    <div class="chips">
      ${
        has('keys') && !keypadOpen
          ? chip(KEYPAD, words('offer.keys'), () => act.set({ digits: '' }))
          : nothing
      }
      ${has('text') ? chip(PEN, words('offer.text'), act.write) : nothing}
      ${has('callBack') ? chip(CALL_BACK, words('offer.callBack'), () => act.send(words('offer.callBackSaid'))) : nothing}
      ${has('human') ? chip(PERSON, words('offer.human'), () => act.send(words('offer.humanSaid'))) : nothing}
    </div>
  </div>`;
}

function chip(shape: TemplateResult<2>, label: string, onClick: () => void): TemplateResult {
  return html`<button class="chip" part="button" type="button" @click=${onClick}>${icon(shape)}${label}</button>`;
}

function keypad({ words, local, act }: Scene): TemplateResult {
  const digits = local.digits ?? '';
  const press = (key: string) => act.set({ digits: (digits + key).slice(0, MAX_DIGITS) });
  const onKey = (event: KeyboardEvent) => {
    const key = KEYS.find((known) => known === event.key);
    if (key) press(key);
    else if (event.key === 'Backspace') act.set({ digits: digits.slice(0, -1) });
    else return;
    event.preventDefault();
  };
  const send = () => {
    if (digits) act.send(digits);
  };
  return html`<div class="keypad" role="group" aria-label=${words('keypad')} dir="ltr" @keydown=${onKey}>
    <div class="entered">
      <button
        class="plain"
        part="button"
        type="button"
        aria-label=${words('keypad.delete')}
        aria-disabled=${digits === ''}
        @click=${() => act.set({ digits: digits.slice(0, -1) })}
      >
        ${icon(BACKSPACE)}
      </button>
      <output aria-label=${words('keypad.entered')}>${digits}</output>
      <button
        class="send"
        part="button"
        type="button"
        aria-label=${words('keypad.send')}
        aria-disabled=${digits === ''}
        @click=${send}
      >
        ${icon(SEND)}
      </button>
    </div>
    <div class="keys">
      ${KEYS.map(
        (key) =>
          html`<button class="key" part="button" type="button" @click=${() => press(key)}>${key}</button>`,
      )}
    </div>
  </div>`;
}
