import { html, type TemplateResult } from 'lit';
import { icon, MARK } from '../widget/icons.ts';
import { HAND, LOCK, MICROPHONE } from './icons.ts';
import type { Scene } from './scene.ts';

/** Why the microphone is needed, before the browser asks for it. */
export function explanation({ words, act }: Scene): TemplateResult {
  return html`<div class="stage">
    <span class="orb">${icon(MICROPHONE)}</span>
    <h3>${words('explain.title')}</h3>
    <p>${words('explain.text')}</p>
    <ul class="promises">
      <li>${icon(LOCK)}${words('explain.private')}</li>
      <li>${icon(HAND)}${words('explain.control')}</li>
    </ul>
    <div class="choices">
      <button class="primary" part="button" type="button" @click=${act.accept}>${words('explain.continue')}</button>
      <button class="quiet" part="button" type="button" @click=${act.giveUpVoice}>${words('explain.type')}</button>
    </div>
  </div>`;
}

/** While the browser's own question is open. */
export function asking({ words, act }: Scene): TemplateResult {
  return html`<div class="stage">
    <span class="orb" data-waiting>${icon(MICROPHONE)}</span>
    <h3>${words('ask.title')}</h3>
    <p>${words('ask.text')}</p>
    <div class="choices">
      <button class="quiet" part="button" type="button" @click=${act.giveUpVoice}>${words('explain.type')}</button>
    </div>
  </div>`;
}

export function connecting({ words, act }: Scene): TemplateResult {
  return html`<div class="stage">
    <span class="orb" data-waiting>${icon(MARK)}</span>
    <h3>${words('status.connecting')}</h3>
    <div class="choices">
      <button class="quiet" part="button" type="button" @click=${act.hangUp}>${words('cancel')}</button>
    </div>
  </div>`;
}
