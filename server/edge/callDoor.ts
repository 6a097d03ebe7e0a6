import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type { CallStarted, ClientToServer, ConsumerParameters, ServerToClient } from '../../shared/events.ts';
import type { Call } from '../call/call.ts';
import type { Calls } from '../call/calls.ts';
import { parseClaim, parseClaims } from '../context/claims.ts';
import type { Session } from '../context/session.ts';
import { HintChannel } from './hintChannel.ts';

type Request<Name extends keyof ClientToServer> = Parameters<ClientToServer[Name]>[0];

type Answers = {
  'call.start': CallStarted;
  'transport.connect': null;
  'media.produce': { producerId: string };
  'media.consume': ConsumerParameters;
  'media.hints': { dataProducerId: string };
  'media.ready': null;
  'device.report': null;
  'call.mute': null;
  'call.hangUp': null;
  'context.update': null;
  'page.view': null;
  'page.event': null;
  'text.send': { id: string };
  'hint.speech': null;
  'hint.language': null;
};

type Handlers = { [Name in keyof ClientToServer]: (request: Request<Name>) => Promise<Answers[Name]> };

/** Tells the device, by the server's own message names. */
export type Tell = <Name extends keyof ServerToClient>(
  name: Name,
  message: Parameters<ServerToClient[Name]>[0],
) => void;

export type CallDoorParts = {
  calls: Calls;
  clock: Clock;
  /** Resolves when what was said so far is durable. */
  written?: () => Promise<void>;
};

/** Where one socket meets the call of its session. Messages are parsed already. */
export class CallDoor {
  readonly #session: Session;
  readonly #calls: Calls;
  readonly #written: () => Promise<void>;
  readonly #tell: Tell;
  readonly #clock: Clock;
  #call: Call | null = null;
  #starting = false;
  #left = false;
  #leave: (() => void)[] = [];

  constructor(session: Session, { calls, clock, written = async () => {} }: CallDoorParts, tell: Tell) {
    this.#clock = clock;
    this.#session = session;
    this.#calls = calls;
    this.#written = written;
    this.#tell = tell;
    const running = calls.ofSession(session.id);
    if (running && !running.attended) this.#enter(running);
  }

  readonly handlers: Handlers = {
    'call.start': async ({ media }) => {
      if (this.#starting || this.#calls.ofSession(this.#session.id)) {
        throw new SegueError('CALL_IN_PROGRESS');
      }
      this.#starting = true;
      try {
        const call = await this.#calls.start(this.#session, { media });
        this.#enter(call);
        return call.started;
      } finally {
        this.#starting = false;
      }
    },
    'transport.connect': async ({ transportId, dtlsParameters }) => {
      await this.#mediaOf(this.#live()).connect(transportId, dtlsParameters);
      return null;
    },
    'media.produce': async ({ rtpParameters }) => await this.#mediaOf(this.#live()).produce(rtpParameters),
    'media.consume': async ({ rtpCapabilities }) =>
      await this.#mediaOf(this.#live()).consume(rtpCapabilities),
    'media.hints': async ({ sctpStreamParameters }) =>
      await this.#mediaOf(this.#live()).openData(sctpStreamParameters),
    'media.ready': async () => {
      await this.#mediaOf(this.#live()).ready();
      return null;
    },
    'device.report': async (report) => {
      this.#live().deviceReport(report);
      return null;
    },
    'call.mute': async ({ muted }) => {
      this.#live().mute(muted);
      return null;
    },
    'call.hangUp': async () => {
      this.#call?.end('caller');
      return null;
    },
    'context.update': async ({ patch }) => {
      this.#session.mergeClaims(parseClaims(patch));
      return null;
    },
    'page.view': async (page) => {
      this.#session.viewPage(page);
      return null;
    },
    'page.event': async ({ name, data }) => {
      this.#session.track(name, parseClaim(data ?? null, name));
      return null;
    },
    'text.send': async ({ text }) => {
      const id = this.#live().hearText(text);
      await this.#written();
      return { id };
    },
    'hint.language': async (hint) => {
      this.#live().hintLanguage(hint);
      return null;
    },
    'hint.speech': async (hint) => {
      this.#live().hint(hint, 'socket');
      return null;
    },
  };

  /** After the device has its answer: only now may the call speak, so that nothing is told before its start. */
  answered(message: string): void {
    const call = this.#call;
    if (!call || call.ended) return;
    if (message === 'media.ready' || (message === 'call.start' && !call.media)) call.answer();
  }

  /** The socket is gone; a call waits a while for the next one. */
  leave(): void {
    this.#left = true;
    for (const off of this.#leave) off();
    this.#leave = [];
    this.#call?.unattended();
    this.#call = null;
  }

  #enter(call: Call): void {
    if (this.#left) {
      call.unattended();
      return;
    }
    this.#call = call;
    this.#leave = [
      call.on('state', (message) => this.#tell('call.state', message)),
      call.on('transcript', (message) => this.#tell('transcript', message)),
      call.on('speech', (message) => this.#tell('speech', message)),
      call.on('language', (message) => this.#tell('language', message)),
      call.on('offer', (message) => this.#tell('input.offer', message)),
      call.on('error', (error) => this.#tell('error', error.toWire())),
    ];
    if (call.media) this.#leave.push(this.#hearHints(call, call.media));
    call.attend();
  }

  /** The data channel outlives a lost socket; the socket's next door hears it. */
  #hearHints(call: Call, media: NonNullable<Call['media']>): () => void {
    const channel = new HintChannel(this.#clock, {
      onHint: (hint) => call.hint(hint, 'channel'),
      onAbuse: () => media.closeData(),
    });
    return media.on('data', (message) => channel.take(message));
  }

  #live(): Call {
    if (!this.#call || this.#call.ended) throw new SegueError('CALL_NOT_STARTED');
    return this.#call;
  }

  #mediaOf(call: Call): NonNullable<Call['media']> {
    if (!call.media) throw new SegueError('CALL_STEP_OUT_OF_ORDER', 'This call is in writing.');
    return call.media;
  }
}
