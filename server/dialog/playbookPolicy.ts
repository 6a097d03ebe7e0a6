import type { Clock } from '../../shared/clock.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { Connector } from '../records/connector.ts';
import { PlaybookConversation } from './conversation/conversation.ts';
import { Hearing, intentExamples } from './conversation/hearing.ts';
import { Mind } from './conversation/mind.ts';
import { Notes } from './conversation/notes.ts';
import { CLOSED_CONNECTOR, rehearse } from './conversation/rehearsal.ts';
import { restoreConversation } from './conversation/restoring.ts';
import { compilePhrasebook, type Phrases, Speaker } from './conversation/speaker.ts';
import { withVerifier } from './conversation/verifying.ts';
import type { Library } from './playbooks/playbook.ts';
import type { Conversation, Policy, SessionView } from './policy.ts';
import { NO_THREAD } from './thread.ts';
import type { Nlu, TrainNlu } from './understanding/nlu.ts';
import type { ReadSlot } from './understanding/slot.ts';

export type PlaybookPolicyOptions = {
  /** From `loadPlaybooks`. */
  playbooks: Library;
  connector: Connector;
  trainNlu: TrainNlu;
  readSlot: ReadSlot;
  clock: Clock;
  /** Told of an error inside a turn; the caller gets an apology in its place. */
  onTrouble?: (error: unknown) => void;
};

/** A dialog policy that follows playbooks. Trains the understanding of every language of the site. */
export async function createPlaybookPolicy(options: PlaybookPolicyOptions): Promise<Policy> {
  const { playbooks: library, connector, readSlot, clock, onTrouble = () => undefined } = options;
  const { site } = library;
  const speaking = new Map<string, { nlu: Nlu; hearing: Hearing; phrases: Phrases }>();
  for (const language of site.languages) {
    const nlu = await options.trainNlu(intentExamples(library, language), language);
    const hearing = new Hearing(library, nlu, readSlot, language);
    speaking.set(language, { nlu, hearing, phrases: compilePhrasebook(library, language) });
  }

  function openWith(
    through: Connector,
    session: SessionView,
    thread = NO_THREAD,
    snapshot?: JsonObject,
  ): Conversation {
    const asked = session.language.split('-')[0] ?? '';
    const language = speaking.has(asked) ? asked : site.language;
    const spoken = speaking.get(language);
    if (!spoken) throw new TypeError(`No understanding for ${language}`);
    const closing = new AbortController();
    const restored = snapshot ? restoreConversation(snapshot, library) : null;
    const speaker = new Speaker(language, site.language, spoken.phrases);
    if (restored) speaker.restore(restored.snapshot.wordings);
    const world = {
      library,
      session,
      connector: withVerifier(through, session.verifier ?? null),
      readSlot,
      clock,
      speaker,
      language,
      memory: new Map(Object.entries(restored?.snapshot.told ?? {})),
      thread,
      notes: new Notes(thread),
      signal: closing.signal,
      onSlow: () => conversation.announceWaiting(),
    };
    const conversation = new PlaybookConversation({
      mind: new Mind(world, spoken.hearing, restored?.tasks, restored?.state),
      restored: restored?.snapshot ?? null,
      close: () => closing.abort(),
      onTrouble,
    });
    return conversation;
  }

  for (const language of site.languages) {
    await rehearse(library, language, (session) => openWith(CLOSED_CONNECTOR, session));
  }

  return {
    name: 'playbooks',
    callsBack: site.callBack !== null,
    phrases: [...new Set(site.languages.flatMap((language) => spokenByCallers(library, language)))],
    open: (session, thread, restored) => openWith(connector, session, thread, restored),
    close: async () => {
      await Promise.all([...speaking.values()].map(({ nlu }) => nlu.close()));
    },
  };
}

function spokenByCallers(library: Library, language: string): string[] {
  const choices = [...library.playbooks.values()].flatMap(({ slots }) =>
    [...slots.values()].flatMap(({ choices: ways }) => Object.values(ways.get(language) ?? {}).flat()),
  );
  return [...intentExamples(library, language).flatMap(({ examples }) => examples), ...choices];
}
