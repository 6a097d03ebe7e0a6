import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { mediasoupVersion } from '../../server/app/versions.ts';
import { FRAME_MS } from '../../shared/audio.ts';
import { userCacheDir, workerBinary } from '../../shared/cache.ts';
import { systemClock } from '../../shared/clock.ts';
import type { ConsumerParameters } from '../../shared/events.ts';
import { Peer } from '../call/peer.ts';
import { serverFlags } from '../tools.ts';
import type { HostFigures, HostOpened, HostPlain, HostRequest } from './capacityHost.ts';
import type { Measurement, Row } from './measurement.ts';
import { PlainCallers } from './plainCallers.ts';
import { SCENARIOS, speakAll } from './scenarios.ts';

/** Callers by WebRTC cost more than they are given here; those by plain RTP do not. */
const WEBRTC_CALLS = 8;
const PLAIN_CALLS = 80;
const QUICK_PLAIN_CALLS = 50;
const WARM_UP_MS = 5_000;
const MEASURED_MS = 20_000;
const QUICK_MS = 8_000;
const PROMISED_CALLS = 80;

type Load = { name: string; calls: number; packets: () => number };

/** What the sound of a call costs by itself: both sides talk without pause, and no engine listens. */
export const capacity: Measurement = {
  name: 'capacity',
  title: 'Two-way calls a core, speech engines off',
  async run({ quick, progress }) {
    const [turns = []] = await speakAll(SCENARIOS.slice(0, 1));
    const voice = joined(turns.flatMap((turn) => (turn.kind === 'voice' ? [turn.pcm16k] : [])));
    const measuredMs = quick ? QUICK_MS : MEASURED_MS;
    const few = await withHost(voice, async (host) => {
      const peers: Peer[] = [];
      for (let index = 0; index < WEBRTC_CALLS; index++) peers.push(await openPeer(host, voice));
      progress(`${peers.length} calls by WebRTC talk`);
      const packets = (): number => sum(peers.map(({ ear }) => ear.packets));
      const figures = await measure(host, { name: 'WebRTC', calls: peers.length, packets }, measuredMs);
      await Promise.all(peers.map((peer) => peer.close()));
      return figures;
    });
    const many = await withHost(voice, async (host) => {
      const calls = quick ? QUICK_PLAIN_CALLS : PLAIN_CALLS;
      const opened: HostPlain[] = [];
      for (let index = 0; index < calls; index++) opened.push(await host.ask({ type: 'openPlain' }));
      const callers = await PlainCallers.open(opened, voice);
      progress(`${calls} calls by plain RTP talk`);
      const figures = await measure(
        host,
        { name: 'plain RTP', calls, packets: () => callers.packets },
        measuredMs,
      );
      callers.close();
      return figures;
    });
    return {
      rows: [
        ...few.rows,
        ...many.rows,
        {
          name: 'calls a core, node and worker',
          value: String(many.data.callsACore),
          limit: `≥ ${PROMISED_CALLS}`,
          met: many.data.callsACore >= PROMISED_CALLS,
        },
      ],
      data: { webRtc: few.data, plain: many.data },
    };
  },
};

async function withHost<Value>(voice: Float32Array, run: (host: Host) => Promise<Value>): Promise<Value> {
  const host = new Host();
  try {
    const workerBin = process.env.MEDIASOUP_WORKER_BIN ?? workerBinary(userCacheDir(), mediasoupVersion());
    await host.ask({ type: 'start', workerBin: workerBin ?? '', voice });
    return await run(host);
  } finally {
    host.close();
  }
}

async function measure(host: Host, { name, calls, packets }: Load, measuredMs: number) {
  await pause(WARM_UP_MS);
  const before = await host.ask<HostFigures>({ type: 'measure' });
  const packetsBefore = packets();
  const startMs = performance.now();
  await pause(measuredMs);
  const after = await host.ask<HostFigures>({ type: 'measure' });
  const elapsedMs = performance.now() - startMs;
  const share = (cpuMs: number): number => (100 * cpuMs) / elapsedMs / calls;
  const nodePercent = share(after.nodeCpuMs - before.nodeCpuMs);
  const workerPercent = share(after.workerCpuMs - before.workerCpuMs);
  const due = (elapsedMs / FRAME_MS) * calls;
  const up = (after.frames - before.frames) / due;
  const down = (packets() - packetsBefore) / due;
  // Frames that a starved machine lost have cost nothing.
  const callsACore = Math.floor((100 * Math.min(1, up, down)) / (nodePercent + workerPercent));
  return {
    rows: [
      {
        name: `${calls} by ${name}: CPU a call`,
        value: `${nodePercent.toFixed(2)} % node, ${workerPercent.toFixed(2)} % media worker`,
      },
      { name: '  frames that came through', value: `${percent(up)} up, ${percent(down)} down` },
      { name: '  event loop late p99', value: `${after.eventLoopP99Ms.toFixed(1)} ms` },
      { name: '  memory', value: `${Math.round(after.rssMb)} MB node` },
    ] satisfies Row[],
    data: {
      calls,
      elapsedMs,
      nodePercent,
      workerPercent,
      callsACore,
      up,
      down,
      eventLoopP99Ms: after.eventLoopP99Ms,
    },
  };
}

/** The process that is measured. */
class Host {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #lastId = 0;

  constructor() {
    this.#child = fork(new URL('./capacityHost.ts', import.meta.url), {
      execArgv: [...serverFlags, '--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
    });
    this.#child.on('message', (answer: { id: number; value: never; problem?: string }) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (answer.problem === undefined) waiting?.resolve(answer.value);
      else waiting?.reject(new Error(answer.problem));
    });
    this.#child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the measured process ended'));
    });
  }

  ask<Value>(request: HostRequest): Promise<Value> {
    const id = ++this.#lastId;
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: never) => void, reject });
      this.#child.send({ id, request });
    });
  }

  close(): void {
    this.#child.kill();
  }
}

async function openPeer(host: Host, voice: Float32Array): Promise<Peer> {
  const { call, media } = await host.ask<HostOpened>({ type: 'open' });
  const peer = await Peer.open(
    media,
    {
      connectTransport: (transportId, dtlsParameters) =>
        host.ask({ type: 'connect', call, transportId, dtlsParameters }),
      produce: (rtpParameters) => host.ask({ type: 'produce', call, rtpParameters }),
      consume: (rtpCapabilities) => host.ask<ConsumerParameters>({ type: 'consume', call, rtpCapabilities }),
    },
    { clock: systemClock, dtx: false, recorder: null, onLost: () => {} },
  );
  await host.ask({ type: 'talk', call });
  talkOn(peer, voice);
  return peer;
}

/** Speaks the same again and again until the peer is closed. */
function talkOn(peer: Peer, voice: Float32Array): void {
  void peer.microphone.speak(voice).then(() => talkOn(peer, voice));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(sum(parts.map(({ length }) => length)));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
