import { html, nothing, type TemplateResult } from 'lit';
import { type CallModel, isActive, isSoundless } from '../call/callModel.ts';
import { icon } from '../widget/icons.ts';
import { MICROPHONE } from './icons.ts';
import type { Scene, Words } from './scene.ts';

/** What the visitor should know of the microphone, in a line; empty when all is well. */
export function noteText(model: CallModel, words: Words): string {
  if (!isActive(model.state)) return '';
  if (model.noVoice) return words(`note.${model.noVoice}`);
  const { notice, muted } = model;
  if (!notice || (muted && notice.kind !== 'changed')) return '';
  if (notice.kind !== 'changed') return words(`note.${notice.kind}`);
  return notice.name ? words('note.changed', { name: notice.name }) : '';
}

/** The line, with the way back to the voice where there may be one. */
export function note({ model, words, act }: Scene): TemplateResult | typeof nothing {
  const text = noteText(model, words);
  if (!text) return nothing;
  return html`<div class="note">
    <p>${text}</p>
    ${
      model.canTalkAgain
        ? html`<button class="chip" part="button" type="button" @click=${act.talkAgain}>
          ${icon(MICROPHONE)}${words(isSoundless(model) ? 'note.tryAgain' : 'note.talkAgain')}
        </button>`
        : nothing
    }
  </div>`;
}
