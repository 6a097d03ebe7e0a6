import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CallerLeg } from '../../../server/media/callerLeg.ts';
import type { Room } from '../../../server/media/room.ts';
import { WorkerPool } from '../../../server/media/workerPool.ts';
import { ERRORS, SegueError } from '../../../shared/errors.ts';
import type { ClientToServer } from '../../../shared/events.ts';
import { clientMessages } from '../../../shared/schemas.ts';
import { workerBin } from './worker.ts';

const opus = {
  mimeType: 'audio/opus',
  payloadType: 111,
  clockRate: 48_000,
  channels: 2,
  parameters: { useinbandfec: 1 },
  rtcpFeedback: [],
} as const;
type Sent = Parameters<CallerLeg['produce']>[0];
type Capabilities = Parameters<CallerLeg['consume']>[0];
type Dtls = Parameters<CallerLeg['connect']>[1];
const sending = (codec: object = opus, ssrc = 1234): Sent =>
  ({ mid: '0', codecs: [codec], headerExtensions: [], encodings: [{ ssrc }], rtcp: { cname: 'x' } }) as Sent;
const { payloadType, ...opusCapability } = opus;
const receiving = {
  codecs: [{ ...opusCapability, kind: 'audio', preferredPayloadType: payloadType }],
  headerExtensions: [],
} as unknown as Capabilities;
const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':');
const dtls: Dtls = { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: fingerprint }] };

describe.skipIf(!workerBin)('CallerLeg', () => {
  let pool: WorkerPool;
  let room: Room;
  let leg: CallerLeg;
  beforeAll(async () => {
    pool = await WorkerPool.start({ workers: 1, workerBin, listenIp: '127.0.0.1', basePort: 0 });
  });
  afterAll(() => pool.close());
  beforeEach(async () => {
    room = await pool.createRoom();
    leg = await room.createCallerLeg();
    return () => room.close();
  });

  const codeOf = async (run: () => Promise<unknown>) => {
    try {
      await run();
      return null;
    } catch (error) {
      expect(error).toBeInstanceOf(SegueError);
      return (error as SegueError).code;
    }
  };

  it('describes its two transports as the contract does', () => {
    const keys = ['dtlsParameters', 'iceCandidates', 'iceParameters', 'id'];
    expect(Object.keys(leg.recv).sort()).toEqual(keys);
    expect(Object.keys(leg.send).sort()).toEqual([...keys, 'sctpParameters']);
    expect(leg.send.sctpParameters?.maxReceiveMessageSize).toBe(256);
    for (const transport of [leg.send, leg.recv]) {
      expect(JSON.parse(JSON.stringify(transport))).toEqual(transport);
    }
    expect(room.rtpCapabilities.codecs?.map(({ mimeType }) => mimeType)).toEqual(['audio/opus']);
  });

  it('goes through its steps in order', async () => {
    await leg.connect(leg.send.id, dtls);
    await leg.connect(leg.recv.id, dtls);
    expect((await leg.produce(sending())).producerId).toMatch(/./);
    const consumer = await leg.consume(receiving);
    expect(consumer).toMatchObject({ kind: 'audio', producerId: room.voice.producerId });
    expect(consumer.rtpParameters.codecs[0]?.mimeType).toBe('audio/opus');
    await leg.ready();
  });

  it('answers a step that is done twice or too early with CALL_STEP_OUT_OF_ORDER', async () => {
    expect(await codeOf(() => leg.ready())).toBe('CALL_STEP_OUT_OF_ORDER');
    const once = await Promise.all([
      codeOf(() => leg.produce(sending())),
      codeOf(() => leg.produce(sending(opus, 5))),
    ]);
    expect(once).toEqual([null, 'CALL_STEP_OUT_OF_ORDER']);
    await leg.consume(receiving);
    expect(await codeOf(() => leg.consume(receiving))).toBe('CALL_STEP_OUT_OF_ORDER');
    await leg.connect(leg.send.id, dtls);
    expect(await codeOf(() => leg.connect(leg.send.id, dtls))).toBe('CALL_STEP_OUT_OF_ORDER');
    await leg.ready();
    expect(await codeOf(() => leg.ready())).toBe('CALL_STEP_OUT_OF_ORDER');
  });

  it('lets a step that failed be tried again', async () => {
    expect(await codeOf(() => leg.produce(sending({ ...opus, payloadType: 'x' })))).toBe('BAD_REQUEST');
    expect(await codeOf(() => leg.produce(sending()))).toBeNull();
  });

  it('takes one data channel, and none after it was closed', async () => {
    const stream = { streamId: 0, ordered: false, maxRetransmits: 0 };
    expect(await codeOf(() => leg.openData({ ...stream, streamId: -1 }))).toBe('BAD_REQUEST');
    expect((await leg.openData(stream)).dataProducerId).toMatch(/./);
    leg.closeData();
    expect(await codeOf(() => leg.openData(stream))).toBe('CALL_STEP_OUT_OF_ORDER');
  });

  it('takes Opus only', async () => {
    const pcmu = { ...opus, mimeType: 'audio/PCMU', clockRate: 8000, channels: 1 };
    expect(await codeOf(() => leg.produce(sending(pcmu)))).toBe('MEDIA_CODEC_UNSUPPORTED');
    expect(await codeOf(() => leg.produce(sending({ ...opus, mimeType: 'video/VP8' })))).toBe(
      'MEDIA_CODEC_UNSUPPORTED',
    );
    const without = { codecs: [], headerExtensions: [] };
    expect(await codeOf(() => leg.consume(without))).toBe('MEDIA_CODEC_UNSUPPORTED');
  });

  it('answers an unknown transport and DTLS that is none with BAD_REQUEST', async () => {
    expect(await codeOf(() => leg.connect('nobody', dtls))).toBe('BAD_REQUEST');
    expect(await codeOf(() => leg.connect(leg.send.id, { role: 'client', fingerprints: [] }))).toBe(
      'BAD_REQUEST',
    );
  });

  it('gives two legs of different calls nothing of one another', async () => {
    const other = await (await pool.createRoom()).createCallerLeg();
    expect(await codeOf(() => leg.connect(other.send.id, dtls))).toBe('BAD_REQUEST');
  });

  it('closes once, and refuses everything after that', async () => {
    let closed = 0;
    leg.on('closed', () => {
      closed += 1;
    });
    leg.close();
    leg.close();
    room.close();
    expect(closed).toBe(1);
    for (const step of [
      () => leg.ready(),
      () => leg.produce(sending()),
      () => leg.connect(leg.send.id, dtls),
    ]) {
      expect(await codeOf(step)).toBe('MEDIA_TRANSPORT_FAILED');
    }
  });

  /** As the edge does. */
  const parsed = <Name extends keyof typeof clientMessages>(name: Name, message: object) => {
    const { success, data } = clientMessages[name].safeParse(message);
    if (!success) throw new SegueError('BAD_REQUEST');
    return data as Parameters<ClientToServer[Name]>[0];
  };
  const stepsOf = (hostile: CallerLeg, thing: unknown) => {
    const connect = (transportId: unknown) => {
      const request = parsed('transport.connect', { transportId, dtlsParameters: thing });
      return hostile.connect(request.transportId, request.dtlsParameters);
    };
    return {
      nowhere: async () => connect(thing),
      connect: async () => connect(hostile.send.id),
      produce: async () => hostile.produce(parsed('media.produce', { rtpParameters: thing }).rtpParameters),
      consume: async () =>
        hostile.consume(parsed('media.consume', { rtpCapabilities: thing }).rtpCapabilities),
      data: async () =>
        hostile.openData(parsed('media.hints', { sctpStreamParameters: thing }).sctpStreamParameters),
      ready: async () => hostile.ready(),
    };
  };
  /** A worker that was broken by one call can do nothing for the others. */
  const expectUndisturbed = async () => {
    const other = await pool.createRoom();
    const neighbour = await other.createCallerLeg();
    expect(await codeOf(() => neighbour.produce(sending()))).toBeNull();
    expect(await pool.usage()).toHaveLength(1);
    other.close();
  };

  it('takes what mediasoup-client sends', async () => {
    const extension = { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 4, encrypt: false, parameters: {} };
    const chrome = {
      mid: '0',
      msid: 'a b',
      codecs: [{ ...opus, rtcpFeedback: [{ type: 'transport-cc', parameter: '' }] }],
      headerExtensions: [extension],
      encodings: [{ ssrc: 4_294_967_295, dtx: false }],
      rtcp: { cname: 'x/y+z==', reducedSize: true, mux: true },
    };
    expect(await codeOf(stepsOf(leg, chrome).produce)).toBeNull();
    expect(await codeOf(stepsOf(leg, { ...room.rtpCapabilities }).consume)).toBeNull();
    expect(await codeOf(stepsOf(leg, dtls).connect)).toBeNull();
  });

  it.each([
    ['a bit rate that is no integer', { encodings: [{ ssrc: 1, maxBitrate: 1.5 }] }],
    ['a bit rate that is none', { encodings: [{ ssrc: 1, maxBitrate: {} }] }],
    ['a payload type that is an object', { encodings: [{ ssrc: 1, codecPayloadType: { valueOf: 1 } }] }],
    ['a repair stream of an object', { encodings: [{ ssrc: 1, rtx: { ssrc: { valueOf: 1 } } }] }],
    ['a repair stream of a float', { encodings: [{ ssrc: 1, rtx: { ssrc: 1.5 } }] }],
    ['layers', { encodings: [{ ssrc: 1, scalabilityMode: 'L9999T9999' }] }],
    ['parameters of all kinds', { codecs: [{ ...opus, parameters: { x: [], y: 1e300, minptime: 1.5 } }] }],
    ['an extension with parameters', { headerExtensions: [{ uri: 'x', id: 1.5, parameters: { a: {} } }] }],
    ['thousands of streams', { encodings: Array.from({ length: 5_000 }, (_, at) => ({ ssrc: at + 1 })) }],
    ['thousands of codecs', { codecs: Array.from({ length: 5_000 }, () => opus) }],
  ])('lets %s disturb no other call', async (_, poison) => {
    const thing = { ...sending(), ...poison };
    for (const step of Object.values(stepsOf(leg, thing))) expect(await codeOf(step)).not.toBe('INTERNAL');
    await expectUndisturbed();
  });

  it('answers every absurd message with an error of the catalogue, and the worker lives', async () => {
    const absurd = fc.oneof(
      fc.anything({ maxDepth: 3 }),
      fc.record({
        mid: fc.anything(),
        codecs: fc.oneof(
          fc.anything(),
          fc.array(
            fc.record({
              mimeType: fc.constantFrom('audio/opus', 'a', 3),
              payloadType: fc.anything(),
              clockRate: fc.integer(),
              channels: fc.anything(),
              parameters: fc.anything(),
            }),
            { maxLength: 3 },
          ),
        ),
        encodings: fc.oneof(
          fc.anything(),
          fc.array(fc.record({ ssrc: fc.oneof(fc.integer(), fc.double(), fc.string()), rid: fc.string() }), {
            maxLength: 3,
          }),
        ),
        headerExtensions: fc.anything(),
        role: fc.anything(),
        fingerprints: fc.oneof(
          fc.anything(),
          fc.array(
            fc.record({ algorithm: fc.constantFrom('sha-256', 'md5'), value: fc.string({ maxLength: 400 }) }),
          ),
        ),
      }),
    );
    const odd = fc.oneof(
      fc.double(),
      fc.bigInt(),
      fc.constant({ valueOf: 1 }),
      fc.array(fc.double(), { maxLength: 200 }),
      fc.anything(),
    );
    const nearlyRight = fc.record({
      mid: fc.option(fc.string({ maxLength: 40 }), { nil: undefined }),
      codecs: fc.constant([opus]),
      encodings: fc.array(
        fc.record(
          {
            ssrc: fc.oneof(fc.constant(1234), fc.integer(), fc.constantFrom(0, -1, 2 ** 40, 1.5, Number.NaN)),
            rid: fc.string(),
            maxBitrate: odd,
            codecPayloadType: odd,
            rtx: odd,
            scalabilityMode: odd,
          },
          { requiredKeys: ['ssrc'] },
        ),
        { minLength: 1, maxLength: 40, size: 'small' },
      ),
      headerExtensions: fc.array(
        fc.record({
          uri: fc.constantFrom(
            'urn:ietf:params:rtp-hdrext:sdes:mid',
            'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
            '',
          ),
          id: fc.integer({ min: -1, max: 300 }),
        }),
        { maxLength: 20 },
      ),
      rtcp: fc.option(fc.record({ cname: fc.string({ maxLength: 3000 }) }), { nil: undefined }),
      role: fc.constantFrom('client', 'server', 'auto'),
      fingerprints: fc.array(
        fc.record({ algorithm: fc.constantFrom('sha-256', 'sha-1'), value: fc.string({ maxLength: 400 }) }),
        { maxLength: 4 },
      ),
    });
    const codes = new Set(Object.keys(ERRORS));
    await fc.assert(
      fc.asyncProperty(fc.oneof(absurd, nearlyRight), async (thing) => {
        const hostile = await room.createCallerLeg();
        for (const step of Object.values(stepsOf(hostile, thing))) {
          const code = await codeOf(step);
          if (code !== null) expect(codes.has(code) && code !== 'INTERNAL').toBe(true);
        }
        hostile.close();
      }),
      { numRuns: 300 },
    );
    expect(await codeOf(() => leg.produce(sending()))).toBeNull();
    await expectUndisturbed();
  });
});
