import { html, nothing, type TemplateResult } from 'lit';
import type { UiKey } from '../../shared/strings/ui/en.ts';
import { type CallModel, isActive } from '../call/callModel.ts';
import { icon, MARK } from '../widget/icons.ts';
import { CLOSE, DOWN } from './icons.ts';
import type { Scene } from './scene.ts';

/** What the call is doing, in a word or two. */
export function statusKey(model: CallModel): UiKey {
  if (model.elsewhere || model.awaitsTap) return 'status.live';
  switch (model.state) {
    case 'live':
      if (model.speaking.assistant || model.speaking.agent) return 'status.speaking';
      if (model.mode === 'writing') return 'status.writing';
      if (model.muted) return 'status.muted';
      return isUnheard(model) ? 'status.unheard' : 'status.listening';
    case 'reconnecting':
      return 'status.reconnecting';
    case 'ended':
      return 'status.ended';
    case 'failed':
      return 'status.failed';
    // Idle: whether there is a call to go on with is being found out.
    case 'idle':
    case 'connecting':
      return 'status.connecting';
  }
}

/** Nothing comes from the microphone, and the caller has not muted it. */
const isUnheard = ({ notice }: CallModel) => notice?.kind === 'taken' || notice?.kind === 'silent';

export function header({ model, elapsed, words, act }: Scene): TemplateResult {
  const active = isActive(model.state);
  const speaking = model.speaking.assistant || model.speaking.agent;
  return html`<header class="header">
    <span class="avatar" data-speaking=${speaking || nothing}>${icon(MARK)}</span>
    <div class="title">
      <h2 id="title">${words('title')}</h2>
      <p class="status" data-state=${model.state}>${words(statusKey(model))}</p>
    </div>
    ${model.state === 'live' && model.quality ? bars(model.quality, words(`quality.${model.quality}`)) : nothing}
    ${
      elapsed
        ? html`<span class="elapsed" role="timer" aria-label=${words('time.elapsed', { time: elapsed })}
          ><bdi>${elapsed}</bdi></span
        >`
        : nothing
    }
    <button
      class="plain"
      part="button"
      type="button"
      aria-label=${words(active ? 'minimise' : 'close')}
      title=${words(active ? 'minimise' : 'close')}
      @click=${act.minimise}
    >
      ${icon(active ? DOWN : CLOSE)}
    </button>
  </header>`;
}

function bars(quality: NonNullable<CallModel['quality']>, label: string): TemplateResult {
  return html`<span class="bars" role="img" aria-label=${label} title=${label} data-quality=${quality}
    ><i class="bar"></i><i class="bar"></i><i class="bar"></i
  ></span>`;
}
