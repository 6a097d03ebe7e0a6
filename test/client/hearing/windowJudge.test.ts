import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Verdict, WindowJudge } from '../../../client/hearing/windowJudge.ts';
import { readOnnxWeights } from '../../../shared/vad/onnxWeights.ts';
import { freshState, SileroNetwork, WINDOW } from '../../../shared/vad/sileroNetwork.ts';
import { join16k, noise } from '../../fakes/recordings.ts';
import { babble } from '../../fakes/voice.ts';

const model = new URL('silero_vad_v5.onnx', import.meta.resolve('@ricky0123/vad-web'));
const weights = readOnnxWeights(readFileSync(model));
const speech = babble(200);
/** Never quiet for long, so that the network stays awake. */
const flicker = (seconds: number) => babble(seconds * 50);

function run({ rateHz = 16_000, loaded = true, tickMs = 0, pcm = speech } = {}) {
  const verdicts: Verdict[] = [];
  const windows: { pcm16k: Float32Array; probability: number }[] = [];
  const costs: [number, boolean][] = [];
  const deaths: boolean[] = [];
  let timeMs = 0;
  const judge = new WindowJudge(
    rateHz,
    () => {
      timeMs += tickMs;
      return timeMs;
    },
    {
      onWindow: (pcm16k, probability) => windows.push({ pcm16k: pcm16k.slice(), probability }),
      onVerdict: (verdict) => verdicts.push(verdict),
      onCost: (costMs, kept) => costs.push([costMs, kept]),
      onDead: (dead) => deaths.push(dead),
    },
  );
  if (loaded) judge.load(weights);
  for (let at = 0; at + 128 <= pcm.length; at += 128) judge.push(pcm.subarray(at, at + 128));
  return { verdicts, costs, windows, deaths };
}

describe('the judge of the device', () => {
  it('decides by energy until the network is there, once a window', () => {
    const { verdicts } = run({ loaded: false });
    expect(verdicts.length).toBe(Math.floor(speech.length / WINDOW));
    expect(new Set(verdicts.map(({ engine }) => engine))).toEqual(new Set(['energy']));
    expect(Math.max(...verdicts.map(({ probability }) => probability))).toBeGreaterThan(0.9);
  });

  it('hears with the network what the network hears', () => {
    const { verdicts } = run();
    expect(new Set(verdicts.map(({ engine }) => engine))).toEqual(new Set(['silero']));
    const network = new SileroNetwork(weights);
    const state = freshState();
    const direct = Array.from({ length: verdicts.length }, (_, at) =>
      network.judge(speech.slice(at * WINDOW, (at + 1) * WINDOW), state),
    );
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    // The filter shifts the windows by less than a millisecond.
    expect(mean(verdicts.map(({ probability }) => probability))).toBeCloseTo(mean(direct), 1);
  });

  it('judges before the next window is full, at the rates of real devices', () => {
    for (const rateHz of [48_000, 44_100, 16_000]) {
      const pcm = noise(2_000 * (rateHz / 16_000), -30);
      for (let at = 0; at < pcm.length; at += rateHz / 20) pcm.fill(0, at, at + rateHz / 40);
      expect(run({ rateHz, pcm }).verdicts.length).toBeGreaterThanOrEqual(60);
    }
  });

  it('lets the network sleep while the room is quiet, and wakes it for the first word', () => {
    const quiet = noise(4_000, -62);
    const { verdicts } = run({ pcm: join16k(quiet, speech) });
    const always = run({ pcm: speech }).verdicts;
    const awake = verdicts.length - always.length;
    expect(awake).toBeGreaterThanOrEqual(20);
    expect(awake).toBeLessThan(60);
    const sure = (all: Verdict[]) => all.filter(({ probability }) => probability > 0.5).length;
    expect(sure(verdicts)).toBeGreaterThan(0.8 * sure(always));
  });

  it('hands each judged window on as it was, and silence while it sleeps', () => {
    const pcm = join16k(speech, noise(2_000, -62));
    const { verdicts, windows } = run({ pcm });
    const judged = windows.slice(0, 50);
    expect(judged.map(({ probability }) => probability)).toEqual(
      verdicts.slice(0, 50).map(({ probability }) => probability),
    );
    const energy = (samples: Float32Array) => samples.reduce((sum, sample) => sum + sample * sample, 0);
    const handed = judged.reduce((sum, { pcm16k }) => sum + energy(pcm16k), 0);
    // All of the sound, each window once.
    expect(handed / energy(pcm.subarray(0, 50 * WINDOW))).toBeCloseTo(1, 1);
    expect(windows.length).toBeGreaterThan(verdicts.length);
    expect(windows.at(-1)?.probability).toBe(0);
  });

  it('gives the network up where it is too slow, and goes on by energy', () => {
    // Each of the six steps of a window takes 2 ms.
    const { verdicts, costs } = run({ tickMs: 2, pcm: flicker(8) });
    expect(costs).toEqual([[12, false]]);
    expect(verdicts.at(-1)?.engine).toBe('energy');
  });

  it('keeps it where it is quick, and says what it costs once', () => {
    const { verdicts, costs } = run({ tickMs: 0.1, pcm: flicker(12) });
    expect(costs).toHaveLength(1);
    expect(costs[0]?.[0]).toBeCloseTo(0.6);
    expect(costs[0]?.[1]).toBe(true);
    expect(verdicts.at(-1)?.engine).toBe('silero');
  });

  it('notices that the microphone gives nothing at all, and that it gives sound again', () => {
    const silence = new Float32Array(5 * 16_000);
    expect(run({ pcm: silence }).deaths).toEqual([true]);
    expect(run({ pcm: join16k(silence, noise(500, -80), silence) }).deaths).toEqual([true, false]);
    expect(run({ pcm: join16k(silence.subarray(0, 60_000), noise(500, -80)) }).deaths).toEqual([]);
  });

  it('refuses weights of another network', () => {
    const judge = new WindowJudge(48_000, () => 0, {
      onWindow: () => {},
      onVerdict: () => {},
      onCost: () => {},
      onDead: () => {},
    });
    expect(() => judge.load(new Map())).toThrow('The model has no');
  });
});
