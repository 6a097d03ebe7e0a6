import { svg, type TemplateResult } from 'lit';

/** A line that runs flat, like reading a page, and then becomes a voice: the mark of the product. */
export const MARK = svg`<path d="M2.5 12h3.2c1.9 0 2.1-5.5 4-5.5s2.3 11 4.3 11 2-5.5 3.8-5.5h3.7"/>`;

/** An icon of the set: 24 × 24, drawn with the text's colour, unseen by screen readers. */
export function icon(shape: TemplateResult<2>): TemplateResult<2> {
  return svg`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shape}</svg>`;
}
