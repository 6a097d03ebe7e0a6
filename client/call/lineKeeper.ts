import type { Clock, TimerHandle } from '../../shared/clock.ts';
import type { MediaParameters } from '../../shared/events.ts';
import type { VoiceLink, VoiceLinkOptions } from '../media/voiceLink.ts';
import { CallError } from './callError.ts';
import type { Signalling } from './signalling.ts';

/** An answer that takes longer comes over a line that is dead, too. */
const ANSWER_LIMIT_MS = 2_000;
/** The first one is waited for less, it is cheap to be wrong: some round trips of this network, between two bounds. */
const FIRST_ANSWER_TRIPS = 3;
const LEAST_FIRST_ANSWER_MS = 200;
const MOST_FIRST_ANSWER_MS = 1_000;
/** How long each way of mending may take to show that it was the right one; the first one, with round trips on top. */
const RESTART_LIMIT_MS = 1_000;
const RESTART_TRIPS = 5;
const RENEW_LIMIT_MS = 6_000;
const PAUSE_MS = 500;
/** The server not hearing us, while we hear it, may pass by itself. */
const UNHEARD_MS = 3_000;
/** Renewed so often while the server answers, sound does not get through this network; sooner where it never did. */
const MOST_RENEWALS = 2;
const MOST_FIRST_RENEWALS = 1;
/** A media server that is restarted is there again sooner. */
const MOST_REFUSALS = 30;

export type LineKeeperParts = {
  clock: Clock;
  signalling: Pick<Signalling, 'request' | 'roundTripMs' | 'wake' | 'hurry' | 'onBack'>;
  /** Opens a link with the present microphone. */
  open: (media: MediaParameters, opening: LinkOpening) => Promise<VoiceLink>;
  /** Another link took the place of the one that broke. */
  onLink: (link: VoiceLink) => void;
  /** Whether sound gets through. */
  onUp: (up: boolean) => void;
  /** It will not get through. */
  onGivenUp: () => void;
};

export type LinkOpening = Pick<VoiceLinkOptions, 'onState' | 'moved'>;

/**
 * Keeps the sound of one call: when it breaks, the path is looked for anew (ICE restart), then the whole of it is made
 * anew, until it is there or the call is over.
 */
export class LineKeeper {
  readonly #parts: LineKeeperParts;
  #link: VoiceLink | null = null;
  /** The server's end of this one is gone: a last packet that was on its way says nothing. */
  #over: VoiceLink | null = null;
  #up = true;
  /** Nothing has come for a moment. */
  #doubtful = false;
  /** Since when the path is looked for anew, and nothing has come; null when it is not. */
  #searchingSinceMs: number | null = null;
  /** Sound has come once. */
  #proven = false;
  /** The link cannot be mended: the server's end is gone, or ICE has failed for good. */
  #dead = false;
  #mending = false;
  #probing = false;
  #closed = false;
  #unheard: TimerHandle | null = null;
  #unproven: TimerHandle | null = null;
  /** Wakes whoever waits for the line or for its next chance. */
  #kick: () => void = () => {};

  constructor(parts: LineKeeperParts) {
    this.#parts = parts;
    parts.signalling.onBack(() => void this.#back());
    globalThis.addEventListener?.('online', this.#onOnline);
  }

  /** Opens the first link. Rejects as `openVoiceLink` does. */
  async open(media: MediaParameters): Promise<VoiceLink> {
    const link = await this.#openLink(media, { moved: false });
    if (this.#link) {
      // The server's end was gone before ours was there, and a fresh line was quicker.
      link.close();
      return this.#link;
    }
    this.#link = link;
    if (!this.#proven) {
      this.#unproven = this.#parts.clock.after(RENEW_LIMIT_MS, () => this.#proven || this.lost());
    }
    return this.#link;
  }

  /** The same, once sound comes. Rejects with MEDIA_TRANSPORT_FAILED when none does. */
  async prove(media: MediaParameters): Promise<VoiceLink> {
    this.#up = false;
    // One try, at the visitor's wish: nobody mends it.
    this.#mending = true;
    const link = await this.#openLink(media, { moved: true });
    this.#link = link;
    let isLate = false;
    const limit = this.#parts.clock.after(RENEW_LIMIT_MS, () => {
      isLate = true;
      this.#kick();
    });
    // A network that is back meanwhile is a chance, and no sound as yet.
    while (!(this.#up || this.#closed || isLate)) await this.#chance(RENEW_LIMIT_MS);
    limit.cancel();
    this.#mending = false;
    if (!this.#up) throw CallError.of('MEDIA_TRANSPORT_FAILED');
    return link;
  }

  get link(): VoiceLink | null {
    return this.#link;
  }

  /** The server's end of the line is gone. */
  lost(): void {
    this.#over = this.#link;
    this.#dead = true;
    this.#broken();
  }

  close(): void {
    this.#closed = true;
    globalThis.removeEventListener?.('online', this.#onOnline);
    this.#unheard?.cancel();
    this.#unproven?.cancel();
    this.#kick();
    this.#link?.close();
    this.#link = null;
  }

  /** The server hears the caller, or does not although we hear the server. */
  heard(heard: boolean): void {
    this.#unheard?.cancel();
    this.#unheard = heard ? null : this.#parts.clock.after(UNHEARD_MS, () => this.lost());
  }

  async #openLink(media: MediaParameters, { moved }: Pick<LinkOpening, 'moved'>): Promise<VoiceLink> {
    let opened: VoiceLink | null = null;
    const onState: LinkOpening['onState'] = (state) => {
      // Of a link that was or will be replaced nothing counts; the first states come before it is there.
      if (this.#closed || (opened && (this.#link !== opened || this.#over === opened))) return;
      if (state === 'up') this.#mended();
      else if (state === 'doubtful') this.#doubt();
      else {
        if (state === 'down') this.#dead = true;
        this.#broken();
      }
    };
    opened = await this.#parts.open(media, { onState, moved });
    return opened;
  }

  /** Before anything is known to be broken. */
  #doubt(): void {
    this.#doubtful = true;
    const patienceMs = FIRST_ANSWER_TRIPS * this.#parts.signalling.roundTripMs;
    void this.#probe(Math.min(MOST_FIRST_ANSWER_MS, Math.max(LEAST_FIRST_ANSWER_MS, patienceMs)));
  }

  #broken(): void {
    if (this.#closed) return;
    if (this.#up) {
      this.#up = false;
      this.#parts.onUp(false);
    }
    void this.#mend();
  }

  #mended(): void {
    this.#proven = true;
    this.#doubtful = false;
    this.#searchingSinceMs = null;
    if (this.#up) return;
    this.#up = true;
    this.#dead = false;
    this.#parts.onUp(true);
    this.#kick();
  }

  /**
   * Messages get through again, perhaps by another network: then the sound has to find its way there, too. Where it is
   * gone as well, a link of before may know addresses of before only. Where it has come back with them, nobody may have
   * looked as yet.
   */
  async #back(): Promise<void> {
    if (this.#doubtful || !this.#up) await this.#link?.look();
    if (this.#closed) return;
    if (this.#doubtful || !this.#up) this.#dead = true;
    if (this.#doubtful) this.#broken();
    else if (this.#up) void this.#probe(ANSWER_LIMIT_MS);
    this.#kick();
  }

  /** Looks for the path anew; nobody is told. */
  async #probe(limitMs: number): Promise<void> {
    if (this.#mending || this.#probing || !this.#link) return;
    this.#probing = true;
    await this.#search(limitMs).catch((thrown: unknown) => {
      if (CallError.from(thrown).code === 'NETWORK_UNREACHABLE' && !this.#closed)
        this.#parts.signalling.wake();
    });
    this.#probing = false;
  }

  async #mend(): Promise<void> {
    if (this.#mending) return;
    this.#mending = true;
    let renewals = 0;
    let refusals = 0;
    while (!this.#up && !this.#closed) {
      try {
        if (this.#dead) {
          await this.#renew();
          // Messages that only now get through again are no sign that sound does not.
          if (!(await this.#chance(RENEW_LIMIT_MS))) renewals += 1;
          this.#dead = true;
        } else {
          await this.#chance(await this.#search(ANSWER_LIMIT_MS));
          this.#dead = true;
        }
      } catch (thrown) {
        if (CallError.from(thrown).code === 'NETWORK_UNREACHABLE') this.#parts.signalling.wake();
        else {
          this.#dead = true;
          refusals += 1;
        }
        await this.#chance(PAUSE_MS);
      }
      const most = this.#proven ? MOST_RENEWALS : MOST_FIRST_RENEWALS;
      if (!this.#up && (renewals >= most || refusals >= MOST_REFUSALS)) break;
    }
    this.#mending = false;
    if (this.#up) this.#dead = false;
    else if (!this.#closed) this.#parts.onGivenUp();
  }

  /** Resolves with how long it may still take to show that the path was found. */
  async #search(limitMs: number): Promise<number> {
    const { clock, signalling } = this.#parts;
    if (this.#searchingSinceMs === null || !this.#doubtful) {
      await this.#link?.restartIce(limitMs);
      this.#searchingSinceMs = clock.nowMs();
    }
    const patienceMs = RESTART_LIMIT_MS + RESTART_TRIPS * signalling.roundTripMs;
    return Math.max(0, patienceMs - (clock.nowMs() - this.#searchingSinceMs));
  }

  async #renew(): Promise<void> {
    this.#over = this.#link;
    const media = await this.#parts.signalling.request('media.renew', {}, ANSWER_LIMIT_MS);
    if (!media || this.#closed) return;
    const next = await this.#openLink(media, { moved: true });
    if (this.#closed) {
      next.close();
      return;
    }
    this.#link?.close();
    this.#link = next;
    this.#searchingSinceMs = null;
    this.#dead = false;
    this.#parts.onLink(next);
  }

  /** Waits for the line, or for the network to come back: true; or no longer than that. */
  #chance(limitMs: number): Promise<boolean> {
    if (this.#up || this.#closed) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = this.#parts.clock.after(limitMs, () => resolve(false));
      this.#kick = () => {
        timer.cancel();
        resolve(true);
      };
    });
  }

  readonly #onOnline = () => {
    if (this.#up) return;
    this.#parts.signalling.hurry();
    this.#kick();
  };
}
