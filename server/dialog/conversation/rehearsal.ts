import { SegueError } from '../../../shared/errors.ts';
import type { Connector } from '../../records/connector.ts';
import type { Library } from '../playbooks/playbook.ts';
import type { Conversation, SessionView } from '../policy.ts';

/** Reaches nothing: a rehearsal changes nothing. */
export const CLOSED_CONNECTOR: Connector = {
  name: 'closed',
  call: () => Promise.reject(new SegueError('CONNECTOR_FAILED', 'A rehearsal calls nobody.')),
  close: () => Promise.resolve(),
};

const ANSWERS = ['10427', 'yes', 'on friday', 'no'];

/**
 * Talks through every intent once, so that code and formatters are warm before the first caller: the first turns of
 * a process would otherwise hold its main thread three times as long.
 */
export async function rehearse(
  library: Library,
  language: string,
  open: (session: SessionView) => Conversation,
): Promise<void> {
  for (const customerId of [null, 'rehearsal']) {
    const conversation = open({
      siteName: library.site.name,
      language,
      subject: { customerId },
      facts: () => ({ orders: { value: [{ number: '10427' }], source: 'signed', observedAt: 0 } }),
      events: () => [],
    });
    await conversation.greet();
    for (const playbook of library.playbooks.values()) {
      for (const examples of playbook.intents.values()) {
        for (const text of [examples.get(language)?.[0] ?? '', ...ANSWERS]) {
          await conversation.respond({ text, alternatives: [text], confidence: 0.9, channel: 'voice' });
        }
      }
    }
    conversation.close();
  }
}
