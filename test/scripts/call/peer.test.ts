import { describe, expect, test } from 'vitest';
import { Peer } from '../../../scripts/call/peer.ts';
import { Recorder } from '../../../scripts/call/recorder.ts';
import { systemClock } from '../../../shared/clock.ts';
import { EchoRoom, mediaWorker } from './echoRoom.ts';
import { join, silence, tone } from './tone.ts';

const workerBin = mediaWorker();

describe.skipIf(!workerBin)('a peer in a real mediasoup router', () => {
  test.each([false, true])('hears what it says (dtx: %s)', async (dtx) => {
    const room = await EchoRoom.open(workerBin!);
    const recorder = new Recorder(systemClock.nowMs());
    const peer = await Peer.open(room.transports, room, {
      clock: systemClock,
      dtx,
      recorder,
      onLost: () => expect.fail('the connection was lost'),
    });
    try {
      const spoken = await peer.microphone.speak(join(silence(200), tone(500), silence(1000)));
      const heard = peer.ear.soundSince(spoken.fromMs);
      expect(spoken.toMs - spoken.fromMs).toBeGreaterThan(450);
      expect(heard).not.toBeNull();
      expect(heard!.toMs - heard!.fromMs).toBeGreaterThan(450);
      expect(peer.ear.sound).toBeNull();
      expect(peer.ear.lostPackets).toBe(0);
      expect(recorder.samples().length).toBeGreaterThan(16 * 600);
    } finally {
      await peer.close();
      room.close();
    }
  });
});
