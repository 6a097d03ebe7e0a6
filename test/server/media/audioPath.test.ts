import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpusCodec } from '../../../server/audio/codec.ts';
import { openEvanOpus } from '../../../server/audio/engines/evanOpus.ts';
import { Pacer } from '../../../server/audio/pacer.ts';
import { AudioReceiver } from '../../../server/audio/receiver.ts';
import { opusVoiceOutput } from '../../../server/audio/voiceOutput.ts';
import type { CallerLeg } from '../../../server/media/callerLeg.ts';
import type { Room } from '../../../server/media/room.ts';
import { WorkerPool } from '../../../server/media/workerPool.ts';
import { systemClock } from '../../../shared/clock.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { MediaDevice } from '../../fakes/mediaDevice.ts';
import { babble, framesOf, rms } from '../../fakes/voice.ts';
import { workerBin } from './worker.ts';

const FRAMES = 100;

describe.skipIf(!workerBin)('Audio through the real SFU', () => {
  let pool: WorkerPool;
  let room: Room;
  let leg: CallerLeg;
  let device: MediaDevice;
  let codec: OpusCodec;
  const states: string[] = [];
  beforeAll(async () => {
    codec = await openEvanOpus();
    pool = await WorkerPool.start({ workers: 1, workerBin, listenIp: '127.0.0.1', basePort: 0 });
    room = await pool.createRoom();
    leg = await room.createCallerLeg();
    leg.on('connected', () => states.push('connected'));
    leg.on('disconnected', () => states.push('disconnected'));
    device = await MediaDevice.join(leg);
  });
  afterAll(async () => {
    await device?.leave();
    pool?.close();
  });

  it('is connected once both directions are', async () => {
    await expect.poll(() => states).toEqual(['connected']);
    expect(leg.connected).toBe(true);
  });

  it('brings every packet of the caller to the tap and, decoded, to the ear of the pipeline', async () => {
    const receiver = new AudioReceiver({ decoder: codec.decoder(), clock: systemClock });
    const decoded: Float32Array[] = [];
    receiver.on('frame', ({ pcm16k, kind }) => {
      if (kind === 'decoded') decoded.push(pcm16k);
    });
    const off = leg.on('packet', (packet) => receiver.push(packet));
    const encoder = codec.encoder();
    const frames = framesOf(babble(FRAMES));
    await everyFrame(frames.length, (index) =>
      device.say(encoder.encode(frames[index]!), 0xffff0000 + index * 960),
    );
    await expect.poll(() => decoded.length).toBe(FRAMES);
    expect(receiver.stats).toMatchObject({ received: FRAMES, lost: 0, late: 0, invalid: 0, resets: 0 });
    expect(rms(decoded[FRAMES / 2]!)).toBeGreaterThan(0.01);
    off();
    receiver.close();
  });

  it('brings every frame of the assistant to the caller, with the gap and the marker of each utterance', async () => {
    const clock = new FakeClock();
    const pacer = new Pacer({ clock, output: opusVoiceOutput(codec.encoder(), room.voice) });
    pacer.play({ id: 'a', pcm16k: babble(25) });
    clock.advance(2000);
    pacer.play({ id: 'b', pcm16k: babble(25) });
    clock.advance(2000);
    await expect.poll(() => device.heard.length).toBe(56);
    pacer.close();

    const starts = device.heard.filter(({ marker }) => marker);
    expect(starts).toHaveLength(2);
    const decoder = codec.decoder();
    device.heard.forEach((packet, index) => {
      expect(decoder.decode(packet.payload)).toHaveLength(320);
      const before = device.heard[index - 1];
      if (!before) return;
      expect((packet.sequence - before.sequence) & 0xffff).toBe(1);
      const ticks = (packet.timestamp - before.timestamp) >>> 0;
      // The second utterance begins at 2000 ms; the first one ended at 500 ms and 60 ms of silence followed it.
      expect(ticks).toBe(packet.marker ? 960 + 1440 * 48 : 960);
    });
  });

  it('survives packets that are no Opus, and damaged ones', async () => {
    const receiver = new AudioReceiver({ decoder: codec.decoder(), clock: systemClock });
    const off = leg.on('packet', (packet) => receiver.push(packet));
    const encoder = codec.encoder();
    const good = framesOf(babble(40)).map((frame) => Uint8Array.from(encoder.encode(frame)));
    await everyFrame(40, (index) => {
      const packet = good[index]!;
      const bad = index % 4 === 0 ? packet.map((byte, at) => (at === 0 ? 3 : byte ^ 0x5a)) : packet;
      device.say(index % 8 === 0 ? bad.subarray(0, 1) : bad, 0x1000_0000 + index * 960);
    });
    await expect.poll(() => receiver.stats.received + receiver.stats.invalid).toBe(40);
    expect(receiver.stats.invalid).toBeGreaterThan(0);
    expect(pool.available).toBe(true);
    off();
    receiver.close();
  });
});

/** Runs a step each 20 ms of real time, catching up when the machine is busy. */
function everyFrame(count: number, step: (index: number) => void): Promise<void> {
  const startMs = performance.now();
  let done = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      while (done < count && performance.now() - startMs >= done * 20) step(done++);
      if (done < count) return;
      clearInterval(timer);
      resolve();
    }, 10);
  });
}
