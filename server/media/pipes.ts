import { z } from 'zod';
import { SegueError } from '../../shared/errors.ts';
import type { Json } from '../../shared/json.ts';
import { rtpParameters } from '../../shared/mediaSchemas.ts';
import type { Bus } from '../bus/bus.ts';
import type { Pipe, PipedSource, PipeListen, RoomSource } from './pipe.ts';
import type { Room } from './room.ts';

const OPEN = 'pipe.open';
const SOURCE = 'pipe.source';
const CLOSED = 'pipe.closed';
const LIMIT_MS = 3_000;

const id = z.string().min(1).max(64);
const srtpParameters = z.object({
  cryptoSuite: z.enum([
    'AEAD_AES_256_GCM',
    'AEAD_AES_128_GCM',
    'AES_CM_128_HMAC_SHA1_80',
    'AES_CM_128_HMAC_SHA1_32',
  ]),
  keyBase64: z.base64().max(128),
});
const end = z.object({
  ip: z.string().max(64),
  port: z.int().min(1).max(65_535),
  srtpParameters,
});
const source = z.object({
  producerId: id,
  role: z.enum(['voice', 'microphone']),
  rtpParameters,
});
const side = z.object({ pipe: id, end, sources: z.array(source).max(16) });
const opening = side.extend({ room: id });
const added = z.object({ pipe: id, source });
const closing = z.object({ pipe: id });

/** A line's other end: its server, and its name there, once that is known. */
class Peer {
  readonly node: string;
  readonly #known = Promise.withResolvers<string>();
  pipe: string | null = null;

  constructor(node: string) {
    this.node = node;
  }

  meet(pipe: string): this {
    this.pipe = pipe;
    this.#known.resolve(pipe);
    return this;
  }

  known(): Promise<string> {
    return this.#known.promise;
  }
}

/**
 * Lines between rooms of this server and of others: whoever is in one is heard in the other. Opened by the bus, closed
 * with either room.
 */
export class Pipes {
  readonly #bus: Bus;
  readonly #listen: PipeListen;
  readonly #rooms = new Map<string, Room>();
  readonly #pipes = new Map<string, { pipe: Pipe; peer: Peer }>();
  readonly #off: (() => void)[];

  constructor({ bus, listen }: { bus: Bus; listen: PipeListen }) {
    this.#bus = bus;
    this.#listen = listen;
    this.#off = [
      bus.answer(OPEN, opening, (request, from) => this.#opened(request, from)),
      bus.answer(SOURCE, added, async (request) => {
        await this.#pipes.get(request.pipe)?.pipe.take(request.source);
        return null;
      }),
      bus.answer(CLOSED, closing, async ({ pipe }) => {
        this.#pipes.get(pipe)?.pipe.close();
        return null;
      }),
    ];
  }

  /** Lines that are open. */
  get size(): number {
    return this.#pipes.size;
  }

  /** Others may join this room by the name, until it closes or another room takes the name. */
  offer(name: string, room: Room): void {
    this.#rooms.set(name, room);
    room.on('closed', () => {
      if (this.#rooms.get(name) === room) this.#rooms.delete(name);
    });
  }

  /**
   * Joins a room of ours with one of another server: its people and its assistant are heard here, the people here are
   * heard there. Rejects with NODE_UNREACHABLE, NOT_FOUND or MEDIA_TRANSPORT_FAILED.
   */
  async join(room: Room, { node, name }: { node: string; name: string }): Promise<Pipe> {
    const pipe = await room.openPipe(this.#listen);
    const peer = new Peer(node);
    const own = this.#keep(pipe, peer);
    try {
      const sources = await this.#give(peer, pipe, room, ({ role }) => role === 'microphone');
      const request = { pipe: own, end: pipe.end, sources, room: name };
      const answer = sideOf(await this.#bus.request(node, OPEN, wire(request), LIMIT_MS));
      peer.meet(answer.pipe);
      await pipe.connect(answer.end);
      await Promise.all(answer.sources.map((one) => pipe.take(one)));
      return pipe;
    } catch (error) {
      pipe.close();
      throw SegueError.from(error);
    }
  }

  /** A server is gone: so are the lines to it. */
  forget(node: string): void {
    for (const { pipe, peer } of [...this.#pipes.values()]) if (peer.node === node) pipe.close();
  }

  close(): void {
    for (const off of this.#off) off();
    for (const { pipe } of [...this.#pipes.values()]) pipe.close();
    this.#rooms.clear();
  }

  async #opened(request: z.infer<typeof opening>, node: string): Promise<Json> {
    const room = this.#rooms.get(request.room);
    if (!room) throw new SegueError('NOT_FOUND');
    const pipe = await room.openPipe(this.#listen);
    const peer = new Peer(node).meet(request.pipe);
    const own = this.#keep(pipe, peer);
    try {
      await pipe.connect(request.end);
      await Promise.all(request.sources.map((one) => pipe.take(one)));
      const sources = await this.#give(peer, pipe, room, () => true);
      return wire({ pipe: own, end: pipe.end, sources });
    } catch (error) {
      pipe.close();
      throw error;
    }
  }

  #keep(pipe: Pipe, peer: Peer): string {
    const own = crypto.randomUUID();
    this.#pipes.set(own, { pipe, peer });
    pipe.on('closed', () => {
      this.#pipes.delete(own);
      if (peer.pipe !== null) this.#tell(peer, CLOSED, { pipe: peer.pipe });
    });
    return own;
  }

  /** What there is now is answered; what comes later is told. */
  async #give(
    peer: Peer,
    pipe: Pipe,
    room: Room,
    wanted: (source: RoomSource) => boolean,
  ): Promise<PipedSource[]> {
    const later = async (one: RoomSource): Promise<void> => {
      const given = await pipe.give(one);
      this.#tell(peer, SOURCE, { pipe: await peer.known(), source: given });
    };
    const off = room.on('source', (one) => {
      if (wanted(one)) later(one).catch(() => {});
    });
    pipe.on('closed', off);
    return await Promise.all(room.sources.filter(wanted).map((one) => pipe.give(one)));
  }

  #tell({ node }: Peer, topic: string, message: object): void {
    this.#bus.request(node, topic, wire(message), LIMIT_MS).catch(() => {});
  }
}

function sideOf(answer: Json): z.infer<typeof side> {
  const { data, error } = side.safeParse(answer);
  if (!data) throw new SegueError('MEDIA_TRANSPORT_FAILED', undefined, { cause: error });
  return data;
}

/** mediasoup's parameters are plain data. */
function wire(message: object): Json {
  return message as Json;
}
