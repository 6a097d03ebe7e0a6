import { describe, expect, it } from 'vitest';
import { fitReply, written } from '../../../server/channels/channelReply.ts';
import type { Reply } from '../../../server/dialog/policy.ts';

const reply = (texts: string[], next: Reply['next'] = 'listen'): Reply => ({
  sentences: texts.map((text) => ({ text, speech: 'one two' })),
  intent: null,
  expects: 'open',
  offer: null,
  next,
});

describe('what was written', () => {
  it('is an e-mail without its quotes and its signature', () => {
    const mail = [
      'Hello, where is my order 10498?',
      '',
      '-- ',
      'Jane Doe',
      '',
      'On Mon, 5 Jan 2026 at 09:00, Lumen & Oak <help@example.com> wrote:',
      '> Your order 10427 is on its way.',
    ].join('\n');
    expect(written('email', mail)).toBe('Hello, where is my order 10498?');
  });

  it('is a chat line as it stands, on one line', () => {
    expect(written('chat', ' > where\n is it ')).toBe('> where is it');
  });
});

describe('a reply', () => {
  const said = ['Order 10498 is on its way.', 'It comes on Friday.', 'Anything else?'];

  it('reads as it would be said in a chat', () => {
    expect(fitReply('chat', reply(said))).toBe(said.join(' '));
  });

  it('asks in a paragraph of its own in an e-mail', () => {
    expect(fitReply('email', reply(said))).toBe(
      'Order 10498 is on its way. It comes on Friday.\n\nAnything else?',
    );
    expect(fitReply('email', reply(['Goodbye.'], 'hangUp'))).toBe('Goodbye.');
  });

  it('stays short in a message and never loses its question', () => {
    const long = Array.from(
      { length: 12 },
      (_, index) => `Sentence ${index} is about fifty characters long, or so.`,
    );
    const text = fitReply('message', reply([...long, 'Which one is it?']));
    expect(text.length).toBeLessThanOrEqual(480);
    expect(text).toMatch(/^Sentence 0 .*or so\. Which one is it\?$/);
  });
});
