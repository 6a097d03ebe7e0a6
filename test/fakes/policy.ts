import type { Conversation, Policy, Reply } from '../../server/dialog/policy.ts';

/** A reply of one sentence that waits for an answer. */
export function replyOf(text: string, more: Partial<Reply> = {}): Reply {
  return {
    sentences: [{ text }],
    intent: null,
    expects: 'open',
    offer: null,
    next: 'listen',
    ...more,
  };
}

/** A policy that says what the test tells it to, and echoes otherwise. */
export function scriptedPolicy(script: Partial<Conversation> = {}): Policy {
  return {
    name: 'scripted',
    phrases: [],
    open: () => ({
      greet: async () => replyOf('Hello.'),
      respond: async ({ text }) => replyOf(`You said ${text}.`, { intent: 'echo' }),
      silence: async (count) => replyOf(`Silence ${count}.`),
      contextChanged: async () => null,
      interrupted: () => {},
      snapshot: () => ({}),
      resume: async ({ heardText, callerSpoke }) => replyOf(`Resumed ${heardText} ${callerSpoke}.`),
      onWaiting: () => {},
      close: () => {},
      ...script,
    }),
    close: async () => {},
  };
}
