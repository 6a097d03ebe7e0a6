import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { MessageContact } from '../channels/messageThread.ts';
import type { MessageThreadsParts } from '../channels/messageThreads.ts';
import type { Rehydration } from '../context/rehydration.ts';
import type { Session } from '../context/session.ts';
import { Contact } from '../context/thread/contact.ts';
import type { Threads } from '../context/thread/threads.ts';
import type { Conversation, Policy } from '../dialog/policy.ts';
import type { Verifiers } from '../verification/verifiers.ts';

type Parts = {
  bySite: ReadonlyMap<string, { site: { name: string }; policy: Policy }>;
  rehydration: Rehydration;
  verifiers: Verifiers;
  threads: Threads;
  clock: Clock;
  /** Resolves when what was recorded is durable. */
  written: () => Promise<void>;
};

/** How a thread of messages begins: the same dialog as a call's, with the same memory, written down in the same ledger. */
export function openMessages(parts: Parts): MessageThreadsParts['open'] {
  const { bySite, rehydration, threads, clock } = parts;
  return async (session, channel): Promise<MessageContact> => {
    const entry = bySite.get(session.siteKey);
    if (!entry) throw new SegueError('SITE_UNKNOWN');
    await rehydration.finish(session);
    const { language } = session;
    const startedMs = clock.nowMs();
    const contact = new Contact(threads.of(session), newId('msg'), channel, language);
    return {
      id: contact.contactId,
      language,
      conversation: converse(parts, entry, session, contact),
      heard: (text) => contact.heard({ turnId: newId('turn'), text, confidence: 1, language, typed: true }),
      said: (_, text) => contact.said({ turnId: newId('turn'), text, interrupted: false, language }),
      written: parts.written,
      ended: (reason) => contact.end(reason, clock.nowMs() - startedMs),
    };
  };
}

function converse(
  { verifiers }: Parts,
  { site, policy }: { site: { name: string }; policy: Policy },
  session: Session,
  contact: Contact,
): Conversation {
  return policy.open(
    {
      siteName: site.name,
      language: session.language,
      verifier: verifiers.of(session),
      get subject() {
        return session.subject;
      },
      facts: () => session.facts(),
      events: () => session.events(),
    },
    contact,
  );
}
