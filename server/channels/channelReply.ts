import EmailReplyParser from 'email-reply-parser';
import type { MessageChannel } from '../../shared/schemas.ts';
import type { Reply } from '../dialog/policy.ts';

/** A text message that is longer is cut into several by many carriers. */
const LONGEST_MESSAGE = 480;

const quotes = new EmailReplyParser();

/** What of a message was written now: an e-mail without what it quotes and without its signature. */
export function written(channel: MessageChannel, text: string): string {
  const own = channel === 'email' ? quotes.read(text).getVisibleText() : text;
  return own.replaceAll(/\s+/gu, ' ').trim();
}

/**
 * A reply as text fit for its channel. Chat: as it would be said. E-mail: the question, if there is one, as a paragraph
 * of its own. Message: whole sentences up to 480 characters, the last one kept, because it asks.
 */
export function fitReply(channel: MessageChannel, { sentences, next }: Reply): string {
  const texts = sentences.map(({ text }) => text);
  const asking = next === 'listen' ? texts.at(-1) : undefined;
  if (channel === 'chat' || asking === undefined) return texts.join(' ');
  const before = texts.slice(0, -1);
  if (channel === 'email') return [before.join(' '), asking].filter((part) => part !== '').join('\n\n');
  const room = LONGEST_MESSAGE - asking.length - 1;
  let told = '';
  for (const text of before) {
    const longer = told === '' ? text : `${told} ${text}`;
    if (longer.length > room) break;
    told = longer;
  }
  return told === '' ? asking : `${told} ${asking}`;
}
