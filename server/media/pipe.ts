import type { types } from 'mediasoup';
import { Emitter } from '../../shared/emitter.ts';
import { SegueError } from '../../shared/errors.ts';
import { mediaStep } from './mediaErrors.ts';

/** Where this server listens for the others' media; what they are told when it is not the same. */
export type PipeListen = {
  ip: string;
  announcedAddress?: string | undefined;
  portRange?: { min: number; max: number } | undefined;
};

/** `voice`: the assistant's; `microphone`: a person's. */
export type SourceRole = 'voice' | 'microphone';

export type RoomSource = { producerId: string; role: SourceRole };

/** One end as the other one is told of it. The key is secret: it crosses the bus only. */
export type PipeEnd = { ip: string; port: number; srtpParameters: types.SrtpParameters };

/** Something to be heard, on its way to the other end; it keeps its producer's id there. */
export type PipedSource = RoomSource & { rtpParameters: types.RtpParameters };

export type PipeEvents = {
  /** The other room can be heard here: by a leg that `hears` this producer. */
  source: [source: RoomSource];
  closed: [];
};

/** One end of a line between two rooms on different workers or servers: RTP over UDP, encrypted (SRTP). */
export class Pipe extends Emitter<PipeEvents> {
  readonly end: PipeEnd;
  readonly #transport: types.PipeTransport;
  readonly #heard: RoomSource[] = [];
  #closed = false;

  private constructor(transport: types.PipeTransport, srtpParameters: types.SrtpParameters) {
    super();
    this.#transport = transport;
    const { localAddress, localPort } = transport.tuple;
    this.end = { ip: localAddress, port: localPort, srtpParameters };
  }

  /** Rejects with MEDIA_TRANSPORT_FAILED. */
  static async open(router: types.Router, { ip, announcedAddress, portRange }: PipeListen): Promise<Pipe> {
    return await mediaStep(async () => {
      const transport = await router.createPipeTransport({
        listenInfo: {
          protocol: 'udp',
          ip,
          ...(announcedAddress && { announcedAddress }),
          ...(portRange && { portRange }),
        },
        enableSrtp: true,
      });
      const { srtpParameters } = transport;
      if (!srtpParameters) throw new SegueError('MEDIA_TRANSPORT_FAILED', 'The worker gives no key.');
      return new Pipe(transport, srtpParameters);
    }, 'INTERNAL');
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** What of the other room can be heard here so far. */
  get heard(): readonly RoomSource[] {
    return this.#heard;
  }

  async connect({ ip, port, srtpParameters }: PipeEnd): Promise<void> {
    await mediaStep(() => this.#transport.connect({ ip, port, srtpParameters }));
  }

  /** Sends something of this room to the other end; what is answered is for its `take`. */
  async give({ producerId, role }: RoomSource): Promise<PipedSource> {
    const { rtpParameters } = await mediaStep(() => this.#transport.consume({ producerId }));
    return { producerId, role, rtpParameters };
  }

  /** Takes something of the other room in, once. */
  async take({ producerId, role, rtpParameters }: PipedSource): Promise<void> {
    if (this.#closed || this.#heard.some((one) => one.producerId === producerId)) return;
    const source = { producerId, role };
    this.#heard.push(source);
    await mediaStep(() => this.#transport.produce({ id: producerId, kind: 'audio', rtpParameters }));
    this.emit('source', source);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#transport.close();
    this.emit('closed');
    this.removeAllListeners();
  }
}
