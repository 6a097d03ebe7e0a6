import type { Clock } from '../../shared/clock.ts';
import { SegueError } from '../../shared/errors.ts';
import type {
  CallAttached,
  CallStarted,
  ClientToServer,
  ConsumerParameters,
  MediaParameters,
  ServerToClient,
} from '../../shared/events.ts';
import type { Call } from '../call/call.ts';
import type { Attendant } from '../call/callParts.ts';
import type { Calls } from '../call/calls.ts';
import type { DeviceLine } from '../call/deviceLine.ts';
import type { VoiceLine } from '../call/voiceLine.ts';
import type { TellPlace } from '../call/waitingLine.ts';
import { parseClaim, parseClaims } from '../context/claims.ts';
import type { Session } from '../context/session.ts';
import type { CallerLeg } from '../media/callerLeg.ts';
import { HintChannel } from './hintChannel.ts';
import type { SessionTokens } from './sessionToken.ts';

/** A token lives for 15 minutes, a call for longer. */
const TOKEN_RENEWAL_MS = 10 * 60_000;
/** A device asks for sound again and again, and takes a line that does not answer for two seconds for a dead one. */
const RENEW_WAIT_MS = 1_000;

type Request<Name extends keyof ClientToServer> = Parameters<ClientToServer[Name]>[0];

type Answers = {
  'call.start': CallStarted;
  'call.attach': CallAttached;
  'transport.connect': null;
  'media.restartIce': { iceParameters: MediaParameters['send']['iceParameters'] };
  'media.renew': MediaParameters | null;
  'media.giveUp': null;
  'media.produce': { producerId: string };
  'media.consume': ConsumerParameters;
  'media.hints': { dataProducerId: string };
  'media.ready': null;
  'device.report': null;
  'call.mute': null;
  'call.hangUp': null;
  'context.update': null;
  'context.replace': null;
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
  tokens: Pick<SessionTokens, 'issue'>;
  /** Resolves when what was said so far is durable. */
  written?: () => Promise<void>;
  /** Whether a caller of a site can ask to be called back. */
  callsBack?: (siteKey: string) => boolean;
  line?: DeviceLine | null;
};

/** Where one socket meets the call of its session. Messages are parsed already. */
export class CallDoor {
  readonly #session: Session;
  readonly #calls: Calls;
  readonly #written: () => Promise<void>;
  readonly #callsBack: (siteKey: string) => boolean;
  readonly #tell: Tell;
  readonly #clock: Clock;
  readonly #tokens: CallDoorParts['tokens'];
  #call: Call | null = null;
  #starting = false;
  /** In line, and told its place by it. */
  #waits: TellPlace | null = null;
  #left = false;
  #leave: (() => void)[] = [];
  readonly #attendant: Attendant;

  constructor(session: Session, parts: CallDoorParts, tell: Tell) {
    const { calls, clock, tokens, written = async () => {}, line = null } = parts;
    this.#clock = clock;
    this.#tokens = tokens;
    this.#session = session;
    this.#calls = calls;
    this.#written = written;
    this.#callsBack = parts.callsBack ?? (() => false);
    this.#tell = tell;
    this.#attendant = {
      line,
      taken: ({ elsewhere }) => {
        this.#part();
        if (elsewhere) this.#tell('call.taken', {});
      },
    };
    this.#goOn(calls.ofSession(session.id));
    // Nobody knows yet whether the server that ran it is gone.
    const taking = this.#call ? null : calls.resuming(session.id);
    void taking?.then((call) => this.#goOn(call)).catch(() => {});
  }

  readonly handlers: Handlers = {
    'call.start': async ({ media, wait = false }) => {
      if (this.#starting || this.#calls.ofSession(this.#session.id)) {
        throw new SegueError('CALL_IN_PROGRESS');
      }
      this.#starting = true;
      try {
        const call = await this.#calls.start(this.#session, { media });
        this.#enter(call);
        // A call that was told to be there is there after a crash, too.
        await this.#written();
        return await startedOf(call);
      } catch (error) {
        if (wait && media && SegueError.from(error).code === 'CAPACITY_REACHED') this.#wait();
        throw error;
      } finally {
        this.#starting = false;
      }
    },
    'call.attach': async ({ media }) => {
      const call = await this.#calls.resume(this.#session.id);
      if (!call) throw new SegueError('CALL_NOT_STARTED');
      if (this.#call !== call) this.#enter(call);
      await this.#renewToken();
      return await call.attached(media);
    },
    'transport.connect': async ({ transportId, dtlsParameters }) => {
      await this.#leg().connect(transportId, dtlsParameters);
      return null;
    },
    'media.restartIce': async ({ transportId }) => await this.#leg().restartIce(transportId),
    'media.renew': async () => await (await this.#found(RENEW_WAIT_MS)).renewMedia(),
    'media.giveUp': async () => {
      await (await this.#found()).giveUpMedia();
      await this.#written();
      return null;
    },
    'media.produce': async ({ rtpParameters }) => await this.#leg().produce(rtpParameters),
    'media.consume': async ({ rtpCapabilities }) => await this.#leg().consume(rtpCapabilities),
    'media.hints': async ({ sctpStreamParameters }) => await this.#leg().openData(sctpStreamParameters),
    'media.ready': async () => {
      await this.#leg().ready();
      return null;
    },
    'device.report': async (report) => {
      this.#live().deviceReport(report);
      return null;
    },
    'call.mute': async ({ muted }) => {
      (await this.#found()).mute(muted);
      return null;
    },
    'call.hangUp': async () => {
      (await this.#resumed())?.end('caller');
      return null;
    },
    'context.update': async ({ patch }) => {
      this.#session.mergeClaims(parseClaims(patch));
      return null;
    },
    'context.replace': async ({ page, context }) => {
      const claims = parseClaims(context);
      this.#session.viewPage(page);
      this.#session.replaceClaims(claims);
      return null;
    },
    'page.view': async (page) => {
      this.#session.viewPage(page);
      return null;
    },
    'page.event': async ({ name, data, id }) => {
      this.#session.track(name, parseClaim(data ?? null, name), { id });
      return null;
    },
    'text.send': async ({ text, id: given }) => {
      const id = (await this.#found()).hearText(text, given);
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
    const sounds = message === 'media.ready';
    // The answer of a start may have been lost with its socket: then the device comes to the call as to one that runs.
    const enters = message === 'call.start' || message === 'call.attach';
    const writes = message === 'media.giveUp' || (enters && !call.line);
    if (sounds || writes) call.answer();
  }

  /** The socket is gone, by the page's own word (`goodbye`) or not; a call waits a while for the next one. */
  leave(goodbye = false): void {
    this.#left = true;
    if (this.#waits) this.#calls.line.leave(this.#session.id, this.#waits);
    this.#waits = null;
    this.#call?.unattend(this.#attendant, goodbye);
    this.#part();
  }

  /** Nothing of the call reaches this socket any more. */
  #part(): void {
    for (const off of this.#leave) off();
    this.#leave = [];
    this.#call = null;
  }

  /** Told its place after the answer that it has to wait. */
  #wait(): void {
    if (this.#left) return;
    const { line } = this.#calls;
    const callsBack = this.#callsBack(this.#session.siteKey);
    const tell: TellPlace = (place) => this.#tell('queue', { ...place, callsBack });
    this.#waits = tell;
    setImmediate(() => {
      if (this.#waits === tell) line.enter(this.#session.id, tell);
    });
  }

  #enter(call: Call): void {
    this.#part();
    if (this.#left) {
      call.attend(this.#attendant);
      call.unattend(this.#attendant);
      return;
    }
    this.#waits = null;
    this.#call = call;
    this.#leave = [
      call.on('state', (message) => this.#tell('call.state', message)),
      call.on('transcript', (message) => this.#tell('transcript', message)),
      call.on('speech', (message) => this.#tell('speech', message)),
      call.on('language', (message) => this.#tell('language', message)),
      call.on('offer', (message) => this.#tell('input.offer', message)),
      call.on('error', (error) => this.#tell('error', error.toWire())),
      call.on('mediaLost', () => this.#tell('media.lost', {})),
      call.on('departed', () => this.#part()),
      call.on('ended', () => this.#part()),
    ];
    const renewal = this.#clock.every(TOKEN_RENEWAL_MS, () => void this.#renewToken().catch(() => {}));
    this.#leave.push(() => renewal.cancel());
    if (call.line) this.#leave.push(this.#hearHints(call, call.line));
    call.attend(this.#attendant);
  }

  /** Takes part in a call that runs, unless another device does. */
  #goOn(call: Call | null): Call | null {
    if (!call || this.#call === call) return call;
    if (!call.isOpenTo(this.#attendant.line)) return null;
    this.#enter(call);
    // What was said since the socket of before is dead has reached nobody; a line told twice is one line.
    for (const said of call.transcript()) this.#tell('transcript', said);
    if (call.line?.gone) this.#tell('media.lost', {});
    // A line that breaks again and again never lives long enough to be given the next one.
    void this.#renewToken().catch(() => {});
    return call;
  }

  async #renewToken(): Promise<void> {
    this.#tell('session.token', await this.#tokens.issue(this.#session.id));
  }

  /** The data channel outlives a lost socket; the socket's next door hears it. */
  #hearHints(call: Call, line: VoiceLine): () => void {
    const channel = new HintChannel(this.#clock, {
      onHint: (hint) => call.hint(hint, 'channel'),
      onAbuse: () => line.leg.closeData(),
    });
    return line.on('data', (message) => channel.take(message));
  }

  /** The call; where there is none here, that of a server which may be gone by now. Null after `limitMs`. */
  async #resumed(limitMs?: number): Promise<Call | null> {
    if (this.#call && !this.#call.ended) return this.#call;
    const { id } = this.#session;
    const claimant = { line: this.#attendant.line, insists: false };
    const resumed = limitMs
      ? this.#calls.resumeSoon(id, claimant, limitMs)
      : this.#calls.resume(id, claimant);
    return this.#goOn(await resumed);
  }

  /** The same. Rejects with CALL_NOT_STARTED when there is none, and with what keeps it elsewhere. */
  async #found(limitMs?: number): Promise<Call> {
    const call = await this.#resumed(limitMs);
    if (!call || call.ended) throw new SegueError('CALL_NOT_STARTED');
    return call;
  }

  #live(): Call {
    if (!this.#call || this.#call.ended) throw new SegueError('CALL_NOT_STARTED');
    return this.#call;
  }

  #leg(): CallerLeg {
    const { line } = this.#live();
    if (!line) throw new SegueError('CALL_STEP_OUT_OF_ORDER', 'This call is in writing.');
    return line.leg;
  }
}

/** A call of which its device cannot be told ends. Rejects with MEDIA_UNAVAILABLE. */
async function startedOf(call: Call): Promise<CallStarted> {
  try {
    return await call.started();
  } catch (error) {
    call.end('error');
    throw error;
  }
}
