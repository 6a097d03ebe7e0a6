import { describe, expect, it } from 'vitest';
import { Html, html } from '../../../demo/web/html.ts';

describe('markup', () => {
  it('escapes every value but markup itself', () => {
    const name = `<b>"Tom" & 'Ann'</b>`;
    expect(String(html`<p title="${name}">${name}</p>`)).toBe(
      '<p title="&lt;b&gt;&quot;Tom&quot; &amp; &#39;Ann&#39;&lt;/b&gt;">&lt;b&gt;&quot;Tom&quot; &amp; &#39;Ann&#39;&lt;/b&gt;</p>',
    );
    expect(String(html`<ul>${['<', '>'].map((text) => html`<li>${text}</li>`)}</ul>`)).toBe(
      '<ul><li>&lt;</li><li>&gt;</li></ul>',
    );
  });

  it('leaves out what is absent, and keeps zero', () => {
    expect(String(html`${null}${undefined}${false}${0}${''}`)).toBe('0');
  });

  it('does not let data end its block', () => {
    const block = String(Html.data('facts', { text: '</script><script>alert(1)</script><!--' }));
    expect(block.match(/<\/script>/g)).toHaveLength(1);
    expect(JSON.parse(block.slice(block.indexOf('>') + 1, block.lastIndexOf('<')))).toEqual({
      text: '</script><script>alert(1)</script><!--',
    });
  });
});
