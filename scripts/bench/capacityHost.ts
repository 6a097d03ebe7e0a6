/**
 * Process: the server's way of the sound without its engines, as in a call. What callers say is received and decoded;
 * what the assistant says is paced, encoded and sent, without pause. Callers come by WebRTC, or by plain RTP, which
 * leaves out encryption and is cheap enough on their side for many of them.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createWorker, type types } from 'mediasoup';
import type { types as media } from 'mediasoup-client';
import { openEvanOpus } from '../../server/audio/engines/evanOpus.ts';
import { Pacer } from '../../server/audio/pacer.ts';
import { AudioReceiver } from '../../server/audio/receiver.ts';
import { opusVoiceOutput, type PacketSink } from '../../server/audio/voiceOutput.ts';
import type { CallerLeg } from '../../server/media/callerLeg.ts';
import { ROUTER_CODECS, voiceParameters } from '../../server/media/opusParameters.ts';
import { parseRtp } from '../../server/media/rtp.ts';
import { RtpSource } from '../../server/media/rtpSource.ts';
import { WorkerPool } from '../../server/media/workerPool.ts';
import { systemClock } from '../../shared/clock.ts';
import type { MediaParameters } from '../../shared/events.ts';

export type HostRequest =
  | { type: 'start'; workerBin: string; voice: Float32Array }
  | { type: 'open' }
  | { type: 'openPlain' }
  | { type: 'connect'; call: number; transportId: string; dtlsParameters: media.DtlsParameters }
  | { type: 'produce'; call: number; rtpParameters: media.RtpParameters }
  | { type: 'consume'; call: number; rtpCapabilities: media.RtpCapabilities }
  | { type: 'talk'; call: number }
  | { type: 'measure' };

export type HostFigures = {
  nodeCpuMs: number;
  workerCpuMs: number;
  /** Frames heard from all callers. */
  frames: number;
  /** Of the time since the last measure. */
  eventLoopP99Ms: number;
  rssMb: number;
};
export type HostOpened = { call: number; media: MediaParameters };
/** The caller sends RTP with this SSRC to the port of 127.0.0.1, and is answered where it comes from. */
export type HostPlain = { port: number; ssrc: number };

type HostCall = { leg: CallerLeg; talk: () => void };

const SAMPLING_MS = 10;

const delay = monitorEventLoopDelay({ resolution: SAMPLING_MS });
const calls: HostCall[] = [];
const codec = await openEvanOpus();
let pool: WorkerPool | null = null;
let plainWorker: types.Worker | null = null;
let plainSsrc = 1_000;
let workerBin = '';
let voice: Float32Array = new Float32Array();
let frames = 0;

/** The two directions between packets and samples. */
function converse(sink: PacketSink) {
  const receiver = new AudioReceiver({ decoder: codec.decoder(), clock: systemClock });
  receiver.on('frame', ({ kind }) => {
    if (kind === 'decoded') frames += 1;
  });
  const pacer = new Pacer({ clock: systemClock, output: opusVoiceOutput(codec.encoder(), sink) });
  const talk = (): void => pacer.play({ id: 'voice', pcm16k: voice });
  pacer.onEnd(talk);
  return { receiver, talk };
}

async function openPlain(): Promise<HostPlain> {
  plainWorker ??= await createWorker({ logLevel: 'none', workerBin });
  const router = await plainWorker.createRouter({ mediaCodecs: ROUTER_CODECS });
  const source = await RtpSource.create(router);
  const transport = await router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
    rtcpMux: true,
    comedia: true,
  });
  const ssrc = plainSsrc++;
  const producer = await transport.produce({ kind: 'audio', rtpParameters: voiceParameters(ssrc) });
  const tap = await router.createDirectTransport();
  const { rtpCapabilities } = router;
  const heard = await tap.consume({ producerId: producer.id, rtpCapabilities });
  await transport.consume({ producerId: source.producerId, rtpCapabilities });
  const { receiver, talk } = converse(source);
  heard.on('rtp', (bytes) => {
    const packet = parseRtp(bytes);
    if (packet) receiver.push(packet);
  });
  talk();
  return { port: transport.tuple.localPort, ssrc };
}

async function open(): Promise<HostOpened> {
  if (!pool) throw new Error('Not started.');
  const room = await pool.createRoom();
  const leg = await room.createCallerLeg();
  const { receiver, talk } = converse(room.voice);
  leg.on('packet', (packet) => receiver.push(packet));
  calls.push({ leg, talk });
  const parameters = { routerRtpCapabilities: room.rtpCapabilities, send: leg.send, recv: leg.recv };
  return { call: calls.length - 1, media: { ...parameters, iceServers: [] } };
}

async function measure(): Promise<HostFigures> {
  const plain = await plainWorker?.getResourceUsage();
  const usage = [...((await pool?.usage()) ?? []), { cpuMs: plain ? plain.ru_utime + plain.ru_stime : 0 }];
  const { user, system } = process.cpuUsage();
  const figures = {
    nodeCpuMs: (user + system) / 1000,
    workerCpuMs: usage.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    frames,
    eventLoopP99Ms: Math.max(0, delay.percentile(99) / 1e6 - SAMPLING_MS),
    rssMb: process.memoryUsage().rss / 1e6,
  };
  delay.reset();
  return figures;
}

async function answer(request: HostRequest): Promise<unknown> {
  if (request.type === 'open') return await open();
  if (request.type === 'openPlain') return await openPlain();
  if (request.type === 'measure') return await measure();
  if (request.type === 'start') {
    voice = request.voice;
    workerBin = request.workerBin;
    pool = await WorkerPool.start({
      workers: 1,
      workerBin: request.workerBin,
      listenIp: '127.0.0.1',
      announcedAddress: undefined,
      basePort: 0,
    });
    delay.enable();
    return null;
  }
  const call = calls[request.call];
  if (!call) throw new Error('No such call.');
  if (request.type === 'connect') await call.leg.connect(request.transportId, request.dtlsParameters);
  else if (request.type === 'produce') await call.leg.produce(request.rtpParameters);
  else if (request.type === 'consume') return await call.leg.consume(request.rtpCapabilities);
  else {
    await call.leg.ready();
    call.talk();
  }
  return null;
}

process.on('disconnect', () => process.exit(0));
process.on('message', ({ id, request }: { id: number; request: HostRequest }) => {
  answer(request).then(
    (value) => process.send?.({ id, value }),
    (error: unknown) => process.send?.({ id, problem: String(error) }),
  );
});
