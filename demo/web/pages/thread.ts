import type { Happening } from '../../backend/assistant.ts';
import type { Customer } from '../../store/model.ts';
import { momentOf, sentenceCase } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { Page } from '../layout.ts';

const CHANNELS: Readonly<Record<string, string>> = {
  voice: 'Call',
  chat: 'Chat',
  email: 'E-mail',
  message: 'Message',
  page: 'On the page',
  system: 'In the background',
};

/** What one customer did and was told, contact by contact, whatever the channel. */
export function threadPage(customer: Customer, happenings: readonly Happening[]): Page {
  const contacts = Map.groupBy(happenings, ({ contactId }) => contactId ?? 'elsewhere');
  return {
    title: `Thread of ${customer.name}`,
    body: html`<header class="page-head">
      <h1>${customer.name}</h1>
      <p class="muted">One thread over calls, chat, e-mail and messages, the latest first.
        <a href="/back-office">Back office</a></p>
    </header>
    ${happenings.length === 0 && html`<p>Nothing has happened yet.</p>`}
    ${[...contacts].map(([id, events]) => (id === 'elsewhere' ? around(events) : contact(events)))}`,
  };
}

function contact(events: readonly Happening[]): Html {
  const inOrder = events.toReversed();
  const [first] = inOrder;
  const outcome = events.find(({ kind }) => kind === 'outcome')?.data.outcome;
  return html`<section class="panel">
    <h2>${CHANNELS[first?.channel ?? ''] ?? 'Contact'}
      <span class="muted">${momentOf(new Date(first?.atMs ?? 0).toISOString())}</span>
      ${typeof outcome === 'string' && html`<span class="badge">${sentenceCase(outcome)}</span>`}</h2>
    <ol class="thread-lines">${inOrder.map((event) => line(event))}</ol>
  </section>`;
}

function line({ kind, data, personal }: Happening): Html | false {
  const text = typeof personal.text === 'string' ? personal.text : '';
  if (kind === 'turn.caller') return html`<li class="visitor">${text}</li>`;
  if (kind === 'turn.assistant') return html`<li class="assistant">${text}</li>`;
  const told = TOLD[kind]?.(data);
  return told !== undefined && html`<li class="note muted">${told}</li>`;
}

const name = (value: unknown): string => sentenceCase(String(value ?? '').replaceAll(/[.-]/g, ' '));

const TOLD: Readonly<Record<string, (data: Happening['data']) => string>> = {
  'task.begun': ({ task }) => `${name(task)}: begun`,
  'task.resumed': ({ task }) => `${name(task)}: taken up again`,
  'task.done': ({ task }) => `${name(task)}: done`,
  'task.abandoned': ({ task, reason }) => `${name(task)}: left (${name(reason)})`,
  action: ({ operation, state }) => `${name(operation)}: ${String(state)}`,
  verification: ({ method, outcome, level }) =>
    `Proof by ${name(method)}: ${String(outcome)}, now ${String(level)}`,
  handover: () => 'Handed over to a colleague',
};

function around(events: readonly Happening[]): Html {
  const pages = events.filter(({ kind }) => kind === 'page.event' || kind === 'session.opened');
  return html`<section class="panel">
    <h2>Beside contacts</h2>
    <ol class="thread-lines">${pages.map(
      ({ kind, data, atMs }) =>
        html`<li class="note muted">${momentOf(new Date(atMs).toISOString())} ·
          ${kind === 'page.event' ? name(data.name) : 'Visit'}</li>`,
    )}</ol>
  </section>`;
}
