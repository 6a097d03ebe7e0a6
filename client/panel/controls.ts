import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../widget/icons.ts';
import { HANG_UP, MICROPHONE, MICROPHONE_OFF } from './icons.ts';
import type { Scene } from './scene.ts';

/** Mute, level and hang up. */
export function controls({ model, words, local, act }: Scene): TemplateResult {
  const voice = model.mode === 'voice';
  return html`<div class="controls" part="controls" data-mode=${model.mode}>
    ${
      voice
        ? html`<button
            class="round"
            part="button"
            type="button"
            aria-pressed=${model.muted}
            aria-label=${words('mute')}
            title=${words(model.muted ? 'unmute' : 'mute')}
            @click=${act.mute}
          >
            ${icon(model.muted ? MICROPHONE_OFF : MICROPHONE)}
          </button>
          <span class="level" role="img" aria-label=${words('level')} data-muted=${model.muted || nothing}
            >${[0, 1, 2, 3, 4, 5, 6, 7, 8].map(() => html`<i class="tick"></i>`)}</span
          >`
        : nothing
    }
    ${local.mutedHint ? html`<p class="hint">${words('mute.hint')}</p>` : nothing}
    <button class="hang-up" part="button" type="button" @click=${act.hangUp}>
      ${icon(HANG_UP)}<span>${words('hangUp')}</span>
    </button>
  </div>`;
}
