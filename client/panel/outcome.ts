import { html, type TemplateResult } from 'lit';
import type { ErrorCode } from '../../shared/errors.ts';
import type { UiKey } from '../../shared/strings/ui/en.ts';
import type { CallModel } from '../call/callModel.ts';
import { icon } from '../widget/icons.ts';
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
export function outcome({ model, words, act }: Scene): TemplateResult {
  const failed = model.state === 'failed';
  const talkAgain = words(failed ? 'retry' : 'again');
  return html`<div class="outcome" data-failed=${failed || 'no'}>
    <p>${failed ? icon(ALERT) : ''}<span>${words(outcomeKey(model))}</span></p>
    <div class="choices">
      <button class="primary" part="button" type="button" @click=${act.again}>${talkAgain}</button>
      ${
        failed
          ? html`<button class="quiet" part="button" type="button" @click=${act.write}>${words('explain.type')}</button>`
          : ''
      }
    </div>
  </div>`;
}
