import { describe, expect, test } from 'vitest';
import { rms } from '../../../scripts/call/gate.ts';
import { Microphone, type OutgoingFrame } from '../../../scripts/call/microphone.ts';
import { SpeechDecoder } from '../../../scripts/call/opus.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { join, silence, tone } from './tone.ts';

function switchOn({ dtx = false } = {}) {
  const clock = new FakeClock({ nowMs: 5000 });
  const frames: (OutgoingFrame & { atMs: number })[] = [];
  const microphone = new Microphone({
    clock,
    dtx,
    send: (frame) => frames.push({ ...frame, atMs: clock.nowMs() }),
  });
  microphone.start();
  return { clock, frames, microphone };
}

describe('the microphone', () => {
  test('sends fifty frames a second, each 960 ticks after the last', () => {
    const { clock, frames } = switchOn();
    clock.advance(1000);
    expect(frames).toHaveLength(50);
    expect(frames.map(({ atMs }) => atMs).slice(0, 3)).toEqual([5020, 5040, 5060]);
    expect(frames.map(({ timestamp }) => timestamp).slice(0, 3)).toEqual([0, 960, 1920]);
    expect(frames.filter(({ first }) => first)).toHaveLength(1);
  });

  test('the room is quiet but never digitally silent', () => {
    const { clock, frames } = switchOn();
    clock.advance(1000);
    const decoder = new SpeechDecoder();
    const room = rms(join(...frames.map(({ packet }) => decoder.decode(packet))));
    expect(room).toBeGreaterThan(0);
    expect(room).toBeLessThan(0.001);
  });

  test('tells when the first and the last audible sample were spoken', async () => {
    const { clock, microphone } = switchOn();
    clock.advance(100);
    const spoken = microphone.speak(join(silence(50), tone(200), silence(90)));
    clock.advance(400);
    expect(await spoken).toEqual({ fromMs: 5150, toMs: 5350 });
  });

  test('speaks one clip at a time', async () => {
    const { microphone } = switchOn();
    void microphone.speak(tone(100));
    await expect(microphone.speak(tone(100))).rejects.toThrow(/already/);
  });

  test('a short stall is caught up, a long one loses frames', () => {
    const { clock, frames, microphone } = switchOn();
    clock.stall(100);
    expect(frames).toHaveLength(5);
    clock.stall(1000);
    expect(frames).toHaveLength(15);
    expect(microphone.lostFrames).toBe(40);
    clock.advance(20);
    expect(frames).toHaveLength(16);
    expect(frames.at(-1)?.timestamp).toBe(55 * 960);
  });

  test('with DTX silence is not sent, and what comes after it is marked', () => {
    const { clock, frames, microphone } = switchOn({ dtx: true });
    clock.advance(2000);
    const inSilence = frames.length;
    expect(inSilence).toBeLessThan(50);
    void microphone.speak(tone(200));
    clock.advance(200);
    expect(frames.length - inSilence).toBeGreaterThanOrEqual(9);
    expect(frames.slice(inSilence).some(({ first }) => first)).toBe(true);
  });

  test('closing stops it for good', () => {
    const { clock, frames, microphone } = switchOn();
    microphone.close();
    microphone.close();
    clock.advance(1000);
    expect(frames).toHaveLength(0);
    expect(clock.pending).toBe(0);
  });
});
