import { beforeEach, describe, expect, test } from 'vitest';
import { BargeInGate } from '../../../server/turns/bargeInGate.ts';
import { SpeechGate, WINDOW_MS } from '../../../server/turns/speechGate.ts';

let gate: SpeechGate;
let bargeIn: BargeInGate;
let nowMs = 0;
let told: string[];

beforeEach(() => {
  gate = new SpeechGate();
  bargeIn = new BargeInGate(gate);
  nowMs = 0;
  told = [];
});

function windows(
  count: number,
  probability: number,
  { dB = -20, assistant = true, brightness = 0.1 } = {},
): void {
  for (let index = 0; index < count; index += 1) {
    nowMs += WINDOW_MS;
    const change = gate.push(probability, nowMs);
    if (change?.type === 'end') bargeIn.ended(change.atMs - gate.startMs);
    const found = bargeIn.push(
      {
        probability,
        db: dB,
        sounds: Array.from({ length: 4 }, () => ({ db: dB, brightness })),
        endMs: nowMs,
      },
      assistant,
    );
    if (found) told.push(`${found.type} ${found.type === 'begin' ? `${found.atMs} ` : ''}${nowMs}`);
  }
}

describe('speech over the assistant', () => {
  test('is found after two windows that are surely speech, once', () => {
    windows(5, 0);
    windows(30, 0.95);
    expect(told).toEqual([`maybe ${6 * WINDOW_MS}`, `begin ${5 * WINDOW_MS} ${7 * WINDOW_MS}`]);
  });

  test('is found later where it is less sure', () => {
    windows(10, 0.6);
    expect(told).toEqual([`maybe ${WINDOW_MS}`, `begin 0 ${4 * WINDOW_MS}`]);
  });

  test('is taken back when the sound ends without becoming sustained speech', () => {
    windows(2, 0.95);
    windows(3, 0.1);
    windows(4, 0.95);
    expect(told.map((one) => one.split(' ')[0])).toEqual(['maybe', 'begin', 'over', 'maybe', 'begin']);
  });

  test('is suspected in one window, and no longer when nothing follows', () => {
    windows(1, 0.95);
    windows(10, 0);
    expect(told).toEqual([`maybe ${WINDOW_MS}`, `over ${6 * WINDOW_MS}`]);
  });

  test('is suspected through the closure of “stop”, by a consonant that is hardly speech', () => {
    windows(2, 0.25);
    windows(3, 0.05);
    windows(2, 0.95);
    expect(told).toEqual([`maybe ${WINDOW_MS}`, `begin ${5 * WINDOW_MS} ${7 * WINDOW_MS}`]);
  });

  test('is not suspected for long, nor again before it was quiet', () => {
    windows(30, 0.3);
    expect(told).toEqual([`maybe ${WINDOW_MS}`, `over ${11 * WINDOW_MS}`]);
    windows(5, 0.1);
    windows(1, 0.3);
    expect(told.at(-1)).toBe(`maybe ${36 * WINDOW_MS}`);
  });

  test('is suspected in a hiss that is much quieter than the caller’s vowels, and in no such voice', () => {
    windows(20, 0.95, { assistant: false });
    windows(10, 0);
    windows(1, 0.3, { dB: -40 });
    expect(told).toEqual([]);
    windows(1, 0.3, { dB: -40, brightness: 1.4 });
    expect(told).toEqual([`maybe ${32 * WINDOW_MS}`]);
  });

  test('is suspected in an s that Silero takes for noise, and no more for a while when that was wrong twice', () => {
    const rustle = () => {
      windows(20, 0, { dB: -80 });
      windows(2, 0, { dB: -35, brightness: 2.5 });
    };
    rustle();
    windows(2, 0.95);
    expect(told.map((one) => one.split(' ')[0])).toEqual(['maybe', 'begin']);
    windows(10, 0, { dB: -80 });
    told = [];
    for (let count = 0; count < 8; count += 1) rustle();
    expect(told.filter((one) => one.startsWith('maybe'))).toHaveLength(2);
  });

  test('is no longer suspected when the assistant has finished', () => {
    windows(1, 0.3);
    windows(1, 0.3, { assistant: false });
    expect(told.map((one) => one.split(' ')[0])).toEqual(['maybe', 'over']);
  });

  test('is none while the assistant is silent', () => {
    windows(20, 0.95, { assistant: false });
    expect(told).toEqual([]);
  });

  test('is somebody behind the caller when it is much quieter than the caller was', () => {
    windows(20, 0.95, { assistant: false });
    windows(10, 0);
    windows(30, 0.95, { dB: -40 });
    expect([told, bargeIn.background]).toEqual([[], true]);
    windows(2, 0.95, { dB: -22 });
    expect(told).toHaveLength(1);
  });

  test('does not change what is known of the caller’s loudness', () => {
    windows(20, 0.95, { assistant: false });
    for (let count = 0; count < 10; count += 1) {
      windows(10, 0);
      windows(20, 0.95, { dB: -40 });
    }
    expect(told).toEqual([]);
  });
});
