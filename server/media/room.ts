import type { types } from 'mediasoup';
import { Emitter } from '../../shared/emitter.ts';
import { SegueError } from '../../shared/errors.ts';
import { CallerLeg } from './callerLeg.ts';
import { mediaStep } from './mediaErrors.ts';
import { ROUTER_CODECS } from './opusParameters.ts';
import { Pipe, type PipeListen, type RoomSource } from './pipe.ts';
import { RtpSource } from './rtpSource.ts';
import type { WireRtpCapabilities } from './wire.ts';
import { rtpCapabilitiesToWire } from './wire.ts';

/** `asked`: by `close()`; `worker-died`: its worker crashed; `shutdown`: the process is stopping. */
export type RoomCloseReason = 'asked' | 'worker-died' | 'shutdown';

export type RoomEvents = {
  /** Somebody began to be heard. */
  source: [source: RoomSource];
  /** Another room's people come and go through this line. */
  joined: [pipe: Pipe];
  closed: [reason: RoomCloseReason];
};

type Child = { close(): void; on(name: 'closed', listener: () => void): unknown };

/** The place of one call in the SFU: a router with the assistant's voice in it, and legs. */
export class Room extends Emitter<RoomEvents> {
  /** The assistant's voice: send Opus packets here. */
  readonly voice: RtpSource;
  readonly #router: types.Router;
  readonly #server: types.WebRtcServer;
  readonly #legs = new Set<CallerLeg>();
  readonly #pipes = new Set<Pipe>();
  #closed = false;

  private constructor(router: types.Router, server: types.WebRtcServer, voice: RtpSource) {
    super();
    this.#router = router;
    this.#server = server;
    this.voice = voice;
  }

  /** Rejects with MEDIA_TRANSPORT_FAILED when the worker cannot make it. */
  static async create(worker: types.Worker, server: types.WebRtcServer): Promise<Room> {
    return await mediaStep(async () => {
      const router = await worker.createRouter({ mediaCodecs: ROUTER_CODECS });
      try {
        return new Room(router, server, await RtpSource.create(router));
      } catch (error) {
        router.close();
        throw error;
      }
    }, 'INTERNAL');
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** What a device may send and receive here; `media.routerRtpCapabilities` of `call.start`. */
  get rtpCapabilities(): WireRtpCapabilities {
    return rtpCapabilitiesToWire(this.#router.rtpCapabilities);
  }

  /** A leg for a browser, which hears the assistant or another producer of this room; closed with the room. */
  async createCallerLeg(hears: string = this.voice.producerId): Promise<CallerLeg> {
    this.#mustBeOpen();
    const leg = await CallerLeg.create(this.#router, this.#server, hears);
    this.#adopt(leg, this.#legs);
    leg.on('produced', (producerId) => this.emit('source', { producerId, role: 'microphone' }));
    return leg;
  }

  /** Who can be heard in this room, through pipes not included. */
  get sources(): readonly RoomSource[] {
    const microphones = [...this.#legs].flatMap(({ producerId }) => producerId ?? []);
    return [
      { producerId: this.voice.producerId, role: 'voice' },
      ...microphones.map((producerId) => ({ producerId, role: 'microphone' as const })),
    ];
  }

  /** One end of a line to another room; closed with this one. */
  async openPipe(listen: PipeListen): Promise<Pipe> {
    this.#mustBeOpen();
    const pipe = await Pipe.open(this.#router, listen);
    this.#adopt(pipe, this.#pipes);
    this.emit('joined', pipe);
    return pipe;
  }

  close(reason: RoomCloseReason = 'asked'): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const child of [...this.#legs, ...this.#pipes]) child.close();
    this.voice.close();
    this.#router.close();
    this.emit('closed', reason);
    this.removeAllListeners();
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new SegueError('MEDIA_TRANSPORT_FAILED', 'The room is closed.');
  }

  /** What was made while the room closed is closed, too. */
  #adopt<One extends Child>(child: One, children: Set<One>): void {
    if (this.#closed) {
      child.close();
      this.#mustBeOpen();
    }
    children.add(child);
    child.on('closed', () => children.delete(child));
  }
}
