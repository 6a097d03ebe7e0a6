import type { Contact } from '../context/thread/contact.ts';
import type { Conversation, Reply } from '../dialog/policy.ts';
import type { CallParts, VoiceParts } from './callParts.ts';
import { Timeline } from './timeline.ts';

/** What happened in a call and when. `elapsedMs`: since it began in another process; null when it begins here. */
export function openTimeline(parts: CallParts, callId: string, elapsedMs: number | null): Timeline {
  const { session, clock, log, language } = parts;
  const timeline = new Timeline({
    callId,
    clock,
    store: parts.timelines,
    observe: parts.observe,
    onFailure: (error) => log.error({ err: error, callId }, 'timeline not written'),
    sinceMs: elapsedMs ?? 0,
  });
  if (elapsedMs === null) {
    const channel = parts.voice ? 'voice' : 'text';
    timeline.record('call.start', { sessionId: session.id, site: session.siteKey, channel, language });
  }
  return timeline;
}

/** The dialog of a call: a fresh one, or one that goes on from another process. */
export function openConversation(parts: CallParts, contact: Contact | null): Conversation {
  const { session, language, policy, siteName, verifier, resumed } = parts;
  const view = {
    siteName,
    language,
    verifier,
    get subject() {
      return session.subject;
    },
    facts: () => session.facts(),
    events: () => session.events(),
  };
  const before = resumed?.checkpoint.answered ? resumed.checkpoint.conversation : undefined;
  return policy.open(view, contact ?? undefined, before);
}

/** What is known of the visitor is brought together. */
export async function rehydrate({ rehydrate: ask }: CallParts, timeline: Timeline): Promise<void> {
  const { durationMs, facts, overview, sources } = await ask();
  timeline.record('context.rehydrated', { durationMs, facts, overview, sources });
}

/** The greeting, made while the device still connects, the voice of its first words included. */
export async function prepareGreeting(
  parts: CallParts,
  conversation: Conversation,
  timeline: Timeline,
): Promise<Reply> {
  await rehydrate(parts, timeline);
  const reply = await conversation.greet();
  const first = reply.sentences[0];
  const { voice, language } = parts;
  if (voice && first) {
    voice.tts.synthesise(first.speech ?? first.text, speakOptions(language, voice)).catch(() => {});
  }
  return reply;
}

export function speakOptions(
  language: string,
  { voiceName }: VoiceParts,
): { language: string; voice?: string } {
  return { language, ...(voiceName === undefined ? {} : { voice: voiceName }) };
}
