import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { PrepareCall } from '../call/calls.ts';
import type { Config } from '../config.ts';
import type { Rehydration } from '../context/rehydration.ts';
import type { Session } from '../context/session.ts';
import { Contact } from '../context/thread/contact.ts';
import type { Threads } from '../context/thread/threads.ts';
import type { Room } from '../media/room.ts';
import type { TimelineStore } from '../storage/timelineStore.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Verifiers } from '../verification/verifiers.ts';
import type { SiteParts } from './sites.ts';
import { openVoiceParts, spokenLanguage, type Voice } from './voice.ts';

/** How a call begins. */
export function prepareCall(parts: {
  config: Config;
  clock: Clock;
  log: Log;
  bySite: ReadonlyMap<string, SiteParts>;
  voice: Voice;
  rehydration: Rehydration;
  verifiers: Verifiers;
  threads: Threads;
  timelines: TimelineStore;
  metrics: Metrics;
  /** A place in the SFU was made for a session. */
  onRoom: (session: Session, room: Room) => void;
}): PrepareCall {
  const { config, clock, log, bySite, voice, rehydration, verifiers, threads, timelines, metrics } = parts;
  return async (session, { media, resumed }) => {
    const entry = bySite.get(session.siteKey);
    if (!entry) throw new SegueError('SITE_UNKNOWN');
    const { site, policy } = entry;
    const before = resumed?.checkpoint;
    const language = before?.language ?? (media ? spokenLanguage(session, voice) : session.language);
    const channel = (before?.voice ?? media) ? 'voice' : 'chat';
    return {
      session,
      siteName: site.name,
      language,
      policy,
      verifier: verifiers.of(session),
      rehydrate: () => rehydration.finish(session),
      contact: (callId) => new Contact(threads.of(session), callId, channel, language, before?.contact),
      ...(resumed ? { resumed } : {}),
      voice: media
        ? await openVoiceParts(session, language, {
            config,
            clock,
            voice,
            site,
            policy,
            onRoom: parts.onRoom,
            waits: resumed !== undefined,
          })
        : null,
      leaveGraceMs: site.leaveGraceMs,
      timelines,
      observe: metrics.observer(),
      clock,
      log,
    };
  };
}
