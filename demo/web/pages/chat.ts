import { html } from '../html.ts';
import type { Page } from '../layout.ts';
import type { ChatLine } from '../visitors.ts';
import { problems } from './parts.ts';

/** The chat works without scripts: what is written is a form, and the page comes back with the answer. */
export function chatPage(lines: readonly ChatLine[], wrong: readonly string[] = []): Page {
  return {
    title: 'Chat',
    section: 'chat',
    body: html`<header class="page-head">
      <h1>Chat</h1>
      <p class="muted">The assistant of our calls, in writing. It knows what you talked about, here or there.</p>
    </header>
    ${problems(wrong)}
    <section class="panel narrow chat" aria-labelledby="chat-title">
      <h2 id="chat-title" class="unseen">What was written</h2>
      <ol class="chat-lines">
        ${lines.map(
          ({ who, text }) =>
            html`<li class="${who}"><span class="unseen">${who === 'visitor' ? 'You: ' : 'Robin: '}</span>${text}</li>`,
        )}
      </ol>
      <form method="post" action="/chat" class="chat-form">
        <div class="field">
          <label for="text">Your message</label>
          <input id="text" name="text" required maxlength="1000" autocomplete="off" autofocus>
        </div>
        <button class="button" type="submit">Send</button>
      </form>
    </section>`,
  };
}
