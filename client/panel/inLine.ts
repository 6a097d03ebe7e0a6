import { html, nothing, type TemplateResult } from 'lit';
import type { QueuePlace } from '../../shared/events.ts';
import { icon, MARK } from '../widget/icons.ts';
import type { Scene, Words } from './scene.ts';

/** The caller's place among those who wait, in words. */
export function inLineText({ position, waitMs }: QueuePlace, words: Words): string {
  const minutes = String(Math.max(1, Math.ceil(waitMs / 60_000)));
  return words('queue.place', { place: String(position), minutes });
}

/** While no line is free: the place, and the other ways. */
export function inLine(place: QueuePlace, { words, act }: Scene): TemplateResult {
  return html`<div class="stage">
    <span class="orb" data-waiting>${icon(MARK)}</span>
    <h3>${words('queue.title')}</h3>
    <p>${inLineText(place, words)}</p>
    <div class="choices">
      <button class="primary" part="button" type="button" @click=${act.giveUpVoice}>${words('explain.type')}</button>
      ${
        place.callsBack
          ? html`<button class="quiet" part="button" type="button" @click=${act.callBack}>
            ${words('offer.callBack')}
          </button>`
          : nothing
      }
      <button class="quiet" part="button" type="button" @click=${act.hangUp}>${words('cancel')}</button>
    </div>
  </div>`;
}
