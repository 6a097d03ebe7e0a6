import { OPENING_HOURS } from '../../store/hours.ts';
import { sentenceCase } from '../format.ts';
import { html } from '../html.ts';
import type { Page } from '../layout.ts';

export function helpPage(): Page {
  return {
    title: 'Help',
    section: 'help',
    body: html`<header class="page-head"><h1>Help</h1></header>
    <div class="columns">
      <section class="panel">
        <h2>Opening hours</h2>
        <table class="plain">
          <thead class="unseen"><tr><th scope="col">Day</th><th scope="col">Open</th></tr></thead>
          <tbody>
            ${OPENING_HOURS.days.map(
              ({ day, opens, closes }) => html`<tr>
              <th scope="row">${sentenceCase(day)}</th>
              <td>${opens === null ? 'Closed' : `${opens} to ${closes}`}</td>
            </tr>`,
            )}
          </tbody>
        </table>
        <p class="muted">The showroom, 4 Harbour Yard, Bristol. Times are local.</p>
      </section>
      <section class="panel">
        <h2>Talk to us</h2>
        <p>Use the button in the corner of any page. Our assistant sees what you see here and, when you are signed
          in, your orders, so you need not explain from the beginning. Ask for a person at any time.</p>
        <h2>Delivery and returns</h2>
        <p>Orders leave the workshop within three days. The address can be changed, and the order cancelled, until
          then. You have 30 days to <a href="/returns">return</a> what does not suit you; we collect it, or you drop
          it off.</p>
      </section>
    </div>`,
  };
}
