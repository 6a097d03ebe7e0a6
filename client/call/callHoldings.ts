import { CallError } from './callError.ts';
import type { CallVoice } from './callVoice.ts';
import type { Connection } from './connection.ts';
import type { MicrophoneConsent } from './microphoneConsent.ts';
import type { Signalling } from './signalling.ts';

/** What opens the session's socket again. */
export type Ticket = {
  sessionId: string;
  token: string;
};

/** What one call holds; let go of as a whole. */
export class CallHoldings {
  readonly consent: MicrophoneConsent;
  readonly connection: Connection;
  /** Settles when the server has begun the call or gives it back, or when it is over. */
  readonly begun: Promise<void>;
  /** Settles when the visitor has tapped to go on, or when the call is over. */
  readonly tapped: Promise<void>;
  readonly #abort = new AbortController();
  /** It has. */
  hasBegun = false;
  begin!: () => void;
  tap!: () => void;
  signalling?: Signalling;
  ticket?: Ticket;
  /** Until it is the voice's. */
  microphone?: MediaStreamTrack;
  voice?: CallVoice;

  constructor(consent: MicrophoneConsent, connection: Connection) {
    this.consent = consent;
    this.connection = connection;
    this.begun = new Promise((resolve) => {
      this.begin = () => {
        this.hasBegun = true;
        resolve();
      };
    });
    this.tapped = new Promise((resolve) => {
      this.tap = resolve;
    });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get released(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Throws CALL_NOT_STARTED before there is one. */
  get line(): Signalling {
    if (!this.signalling) throw CallError.of('CALL_NOT_STARTED');
    return this.signalling;
  }

  /** Throws CALL_CANCELLED when the call was let go of meanwhile. */
  guard(): void {
    if (this.released) throw CallError.of('CALL_CANCELLED');
  }

  /** Its sound, not its line: another one is to be tried. */
  dropVoice(): void {
    this.voice?.close();
    delete this.voice;
    this.connection.set('media', true);
  }

  /** `keepLine`: somebody else closes it. */
  release({ keepLine = false } = {}): void {
    this.#abort.abort();
    this.consent.decline();
    this.begin();
    this.tap();
    this.connection.close();
    this.voice?.close();
    this.microphone?.stop();
    if (!keepLine) this.signalling?.close();
  }
}
