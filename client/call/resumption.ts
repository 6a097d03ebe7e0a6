import { systemClock } from '../../shared/clock.ts';
import type { CallAttached } from '../../shared/events.ts';
import { soundMayStart } from '../media/autoplay.ts';
import {
  microphoneObstacle,
  microphonePermission,
  openMicrophone,
  silentTrack,
  voiceObstacle,
} from '../media/microphone.ts';
import type { RunningCall } from '../session/runningCall.ts';
import { CallError } from './callError.ts';
import type { CallHoldings } from './callHoldings.ts';
import type { NoVoiceReason } from './callModel.ts';
import { GIVE_UP_AFTER_MS } from './connection.ts';
import type { Signalling } from './signalling.ts';

/** Between two tries to go on. */
const PAUSE_MS = 1_000;

export type ResumptionParts = {
  call: RunningCall;
  /** The socket of the session, listened to. */
  openLine: () => Promise<Signalling>;
  /** The server has given the call back; told again when its sound is asked for later. */
  onAttached: (attached: CallAttached) => void;
  /** Shows that the call waits for the visitor; resolves when they have tapped. */
  untilTapped: () => Promise<void>;
  /** Throws when the call was let go of meanwhile. */
  guard: () => void;
};

/** What a call needs to go on; the track is the caller's of `resumeCall`. */
export type Resumed = {
  signalling: Signalling;
  attached: CallAttached;
  microphone: MediaStreamTrack | null;
  /** Why nobody can be heard; the call goes on all the same, and the track is silent. */
  unheard: NoVoiceReason | null;
};

/**
 * Goes on with a call that another page has begun: without a word to the visitor where the browser lets the microphone and
 * the sound begin, with one tap where it does not. Rejects with a `CallError`.
 */
export async function resumeCall(parts: ResumptionParts): Promise<Resumed> {
  const { call, openLine, onAttached, untilTapped, guard } = parts;
  const quietly = call.mode === 'voice' ? microphoneWithoutAsking(guard) : Promise.resolve(null);
  const line = openLine();
  line.catch(() => quietly.then((track) => track?.stop())).catch(() => {});
  const [signalling, ready] = await Promise.all([line, quietly]);
  const attach = async (media: boolean): Promise<CallAttached> => {
    const attached = await signalling.request('call.attach', { media });
    onAttached(attached);
    return attached;
  };
  try {
    guard();
    if (ready || call.mode === 'writing') {
      return { signalling, attached: await attach(ready !== null), microphone: ready, unheard: null };
    }
  } catch (error) {
    ready?.stop();
    throw error;
  }
  await attach(false);
  await untilTapped();
  // Nobody is asked for the microphone of a call that they have hung up.
  guard();
  const { track, unheard } = await askedMicrophone();
  try {
    guard();
    return { signalling, attached: await attach(true), microphone: track, unheard };
  } catch (error) {
    track.stop();
    throw error;
  }
}

/**
 * Tries to go on for as long as the server keeps the call, as a page does that has not been left. Rejects with a `CallError`.
 */
export async function whileKept(
  holdings: CallHoldings,
  goOn: (leftMs: number) => Promise<unknown>,
  clock = systemClock,
): Promise<void> {
  const untilMs = clock.nowMs() + GIVE_UP_AFTER_MS;
  for (;;) {
    try {
      await goOn(untilMs - clock.nowMs());
      return;
    } catch (thrown) {
      holdings.guard();
      const passes = thrown instanceof CallError && thrown.passes;
      if (!passes || clock.nowMs() >= untilMs) throw thrown;
      // What does not answer may be dead without anybody having told it.
      if (thrown.isAstray) holdings.signalling?.wake();
      await new Promise<void>((resolve) => void clock.after(PAUSE_MS, resolve));
      holdings.guard();
    }
  }
}

/** Null where the browser would ask the visitor, or wants a gesture before the call can be heard. */
async function microphoneWithoutAsking(guard: () => void): Promise<MediaStreamTrack | null> {
  if (voiceObstacle() || (await microphonePermission()) !== 'granted') return null;
  // A page that hangs up as soon as it is there does not light the microphone up.
  guard();
  const track = await openMicrophone().catch(() => null);
  if (!track || (await soundMayStart())) return track;
  track.stop();
  return null;
}

async function askedMicrophone(): Promise<{ track: MediaStreamTrack; unheard: NoVoiceReason | null }> {
  try {
    return { track: await openMicrophone(), unheard: null };
  } catch (error) {
    return { track: silentTrack(), unheard: microphoneObstacle(error) };
  }
}
