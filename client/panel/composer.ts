import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { icon } from '../widget/icons.ts';
import { SEND } from './icons.ts';
import type { Scene } from './scene.ts';

const MAX_TEXT = 1000;

/** What could not be sent is in the field again, and there with the next call. */
export function sendProblem({ words, local }: Scene): TemplateResult | typeof nothing {
  return local.sendFailed ? html`<p class="problem" role="alert">${words('compose.failed')}</p>` : nothing;
}

/** The field for writing instead of talking. Enter sends, but not while an input method composes a word. */
export function composer({ model, words, local, act }: Scene): TemplateResult {
  const label = model.offer?.kinds.includes('text') ? model.offer.label : words('compose.label');
  const onSubmit = (event: Event) => {
    event.preventDefault();
    act.send(local.draft);
  };
  const onKey = (event: KeyboardEvent) => {
    // 229: Safari ends the composition before it tells the key.
    if (event.key === 'Enter' && (event.isComposing || event.keyCode === 229)) event.preventDefault();
  };
  return html`<form class="composer" @submit=${onSubmit}>
    <input
      type="text"
      name="message"
      maxlength=${MAX_TEXT}
      autocomplete="off"
      enterkeyhint="send"
      dir="auto"
      aria-label=${label}
      placeholder=${words('compose.placeholder')}
      .value=${live(local.draft)}
      @input=${(event: Event) => act.set({ draft: (event.target as HTMLInputElement).value })}
      @keydown=${onKey}
    />
    <button
      class="send"
      part="button"
      type="submit"
      aria-label=${words('compose.send')}
      aria-disabled=${local.draft.trim() === ''}
    >
      ${icon(SEND)}
    </button>
  </form>`;
}
