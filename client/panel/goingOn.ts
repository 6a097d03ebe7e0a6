import { html, nothing, type TemplateResult } from 'lit';
import type { CallModel } from '../call/callModel.ts';
import type { Scene, Words } from './scene.ts';

/** A call that was begun elsewhere: on the page before, where it waits for a tap, or in another tab. */
export function goingOn({ model, words, act }: Scene): TemplateResult {
  const where = model.awaitsTap ? 'resume' : 'other';
  return html`<section class="going-on" aria-labelledby="going-on">
    <h3 id="going-on">${words(`${where}.title`)}</h3>
    <p>${words(`${where}.text`)}</p>
    <div class="choices">
      <button class="primary" part="button" type="button" @click=${model.awaitsTap ? act.goOn : act.take}>
        ${words(model.awaitsTap ? 'resume.tap' : 'other.take')}
      </button>
      ${
        model.awaitsTap
          ? html`<button class="quiet" part="button" type="button" @click=${act.hangUp}>${words('hangUp')}</button>`
          : nothing
      }
    </div>
  </section>`;
}

/** The same for a screen reader. */
export function goingOnText(model: CallModel, words: Words): string {
  return model.awaitsTap
    ? `${words('resume.title')}. ${words('resume.text')} ${words('resume.tap')}.`
    : `${words('other.title')}. ${words('other.text')}`;
}
