import type { types } from 'mediasoup';
import { Emitter } from '../../shared/emitter.ts';
import { SegueError } from '../../shared/errors.ts';
import { CallerLeg } from './callerLeg.ts';
import { mediaStep } from './mediaErrors.ts';
import { ROUTER_CODECS } from './opusParameters.ts';
import { RtpSource } from './rtpSource.ts';
import type { WireRtpCapabilities } from './wire.ts';
import { rtpCapabilitiesToWire } from './wire.ts';

/** `asked`: by `close()`; `worker-died`: its worker crashed; `shutdown`: the process is stopping. */
export type RoomCloseReason = 'asked' | 'worker-died' | 'shutdown';

export type RoomEvents = { closed: [reason: RoomCloseReason] };

/** The place of one call in the SFU: a router with the assistant's voice in it, and legs. */
export class Room extends Emitter<RoomEvents> {
  /** The assistant's voice: send Opus packets here. */
  readonly voice: RtpSource;
  readonly #router: types.Router;
  readonly #server: types.WebRtcServer;
  readonly #legs = new Set<CallerLeg>();
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

  /** A leg for a caller's browser; closed with the room. */
  async createCallerLeg(): Promise<CallerLeg> {
    if (this.#closed) throw new SegueError('MEDIA_TRANSPORT_FAILED', 'The room is closed.');
    const leg = await CallerLeg.create(this.#router, this.#server, this.voice.producerId);
    if (this.#closed) {
      leg.close();
      throw new SegueError('MEDIA_TRANSPORT_FAILED', 'The room is closed.');
    }
    this.#legs.add(leg);
    leg.on('closed', () => this.#legs.delete(leg));
    return leg;
  }

  close(reason: RoomCloseReason = 'asked'): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const leg of [...this.#legs]) leg.close();
    this.voice.close();
    this.#router.close();
    this.emit('closed', reason);
    this.removeAllListeners();
  }
}
