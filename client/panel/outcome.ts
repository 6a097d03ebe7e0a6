import { html, nothing, type TemplateResult } from 'lit';
import type { ErrorCode } from '../../shared/errors.ts';
import type { UiKey } from '../../shared/strings/ui/en.ts';
import type { CallModel } from '../call/callModel.ts';
import { icon, MARK } from '../widget/icons.ts';
import { sendProblem } from './composer.ts';
import { statusKey } from './header.ts';
import { ALERT } from './icons.ts';
import type { Scene } from './scene.ts';

const ERROR_KEYS: Partial<Record<ErrorCode, UiKey>> = {
  NETWORK_UNREACHABLE: 'error.network',
  CAPACITY_REACHED: 'error.busy',
  RATE_LIMITED: 'error.busy',
  SHUTTING_DOWN: 'error.busy',
  MEDIA_UNAVAILABLE: 'error.audio',
  MEDIA_TRANSPORT_FAILED: 'error.audio',
  MEDIA_CODEC_UNSUPPORTED: 'error.audio',
  MICROPHONE_UNAVAILABLE: 'error.audio',
  ORIGIN_NOT_ALLOWED: 'error.refused',
  SITE_UNKNOWN: 'error.refused',
  IDENTITY_INVALID: 'error.identity',
  IDENTITY_EXPIRED: 'error.identity',
};

/** How the call went, in the visitor's words. */
export function outcomeKey(model: CallModel): UiKey {
  if (model.state === 'failed') return (model.error && ERROR_KEYS[model.error.code]) ?? 'error.other';
  return `ended.${model.endReason ?? 'caller'}`;
}

/** After the call: what happened, and the way back. */
export function outcome(scene: Scene): TemplateResult {
  const { model, words, act } = scene;
  const failed = model.state === 'failed';
  const talkAgain = words(failed ? 'retry' : 'again');
  const bare = model.lines.length === 0;
  return html`<div class=${bare ? 'stage' : 'outcome'} data-failed=${failed || nothing}>
    ${bare ? html`<span class="orb">${icon(failed ? ALERT : MARK)}</span><h3>${words(statusKey(model))}</h3>` : nothing}
    <p class="verdict">${failed && !bare ? icon(ALERT) : nothing}<span>${words(outcomeKey(model))}</span></p>
    ${sendProblem(scene)}
    <div class="choices">
      <button class="primary" part="button" type="button" @click=${act.again}>${talkAgain}</button>
      ${
        failed
          ? html`<button class="quiet" part="button" type="button" @click=${act.giveUpVoice}>${words('explain.type')}</button>`
          : nothing
      }
    </div>
  </div>`;
}
