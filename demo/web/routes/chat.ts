import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Assistant } from '../../backend/assistant.ts';
import { type Front, sendPage } from '../front.ts';
import { chatPage } from '../pages/chat.ts';

const writing = z.object({ text: z.string().trim().min(1).max(1_000) });
const KEPT_LINES = 100;
const AWAY = 'Our assistant cannot be reached at the moment. Please try again, or call us.';

export function serveChat(front: Front, assistant: Assistant): void {
  const { app, visitors } = front;

  /** Asks in the name of the visitor, and keeps what was said. */
  const exchange = async (visitor: ReturnType<typeof visitors.of>, text: string): Promise<boolean> => {
    const { customerId } = visitor;
    visitor.chatThread ??= randomUUID();
    try {
      const answer = await assistant.ask({ thread: visitor.chatThread, id: randomUUID(), text, customerId });
      const said = text === '' ? [] : [{ who: 'visitor' as const, text }];
      visitor.chat = [...visitor.chat, ...said, { who: 'assistant' as const, text: answer }].slice(
        -KEPT_LINES,
      );
      return true;
    } catch (error) {
      app.log.warn({ err: error }, 'the assistant did not answer');
      return false;
    }
  };

  app.get('/chat', async (request, reply) => {
    const visitor = visitors.of(request);
    const reached = visitor.chat.length > 0 || (await exchange(visitor, ''));
    visitors.keep(request, reply, visitor);
    return sendPage(front, request, reply, chatPage(visitor.chat, reached ? [] : [AWAY]));
  });

  app.post('/chat', async (request, reply) => {
    const { text } = writing.parse(request.body);
    const visitor = visitors.of(request);
    const reached = await exchange(visitor, text);
    visitors.keep(request, reply, visitor);
    if (reached) return reply.redirect('/chat', 303);
    return sendPage(front, request, reply, chatPage(visitor.chat, [AWAY]), { status: 502 });
  });
}
