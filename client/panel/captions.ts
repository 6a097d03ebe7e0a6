import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Transcript } from '../../shared/events.ts';
import { isActive } from '../call/callModel.ts';
import { icon } from '../widget/icons.ts';
import { TO_END } from './icons.ts';
import type { Scene } from './scene.ts';

const AT_END_PX = 40;

/** Whether the latest line is in view; true while there is nothing to scroll. */
export function isAtEnd(box: Element | null): boolean {
  return !box || box.scrollHeight - box.scrollTop - box.clientHeight < AT_END_PX;
}

/** Both sides in writing. Not a live region itself: partial lines would flood a screen reader. */
export function captions(scene: Scene): TemplateResult {
  const { model, words, local, act } = scene;
  const onScroll = (event: Event) => {
    const atEnd = isAtEnd(event.currentTarget as HTMLElement);
    if (atEnd !== local.atEnd) act.set({ atEnd });
  };
  return html`<div class="captions-frame">
    <div
      class="captions"
      part="transcript"
      role="log"
      aria-live="off"
      aria-label=${words('captions.label')}
      tabindex="0"
      @scroll=${onScroll}
    >
      ${model.lines.length === 0 ? html`<p class="empty">${words('captions.empty')}</p>` : nothing}
      ${repeat(
        model.lines,
        (line) => line.id,
        (line, index) => caption(line, model.lines[index - 1], scene),
      )}
      ${local.line && isActive(model.state) ? html`<p class="event">${words(`line.${local.line}`)}</p>` : nothing}
    </div>
    <button class="to-end" part="button" type="button" aria-label=${words('captions.latest')} ?hidden=${local.atEnd}
      @click=${act.scrollToEnd}>${icon(TO_END)}</button>
  </div>`;
}

function caption(line: Transcript, before: Transcript | undefined, { words }: Scene): TemplateResult {
  const named = before?.speaker !== line.speaker;
  return html`<div class="line" data-speaker=${line.speaker} data-partial=${!line.final || nothing}>
    <span class=${named ? 'who' : 'who unseen'}>${words(`speaker.${line.speaker}`)}</span>
    <p class="said" lang=${line.language || nothing} dir="auto">${line.text}</p>
  </div>`;
}

/** The polite live region: only what the assistant or an agent has finished saying. */
export function announcements({ model }: Scene): TemplateResult {
  const said = model.lines.filter((line) => line.final && line.speaker !== 'caller').slice(-3);
  return html`<div class="unseen" aria-live="polite" aria-relevant="additions">
    ${repeat(
      said,
      (line) => line.id,
      (line) => html`<p lang=${line.language || nothing}>${line.text}</p>`,
    )}
  </div>`;
}
