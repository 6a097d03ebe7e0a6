import { beforeEach, expect, test } from 'vitest';
import type { VoskJob } from '../../../server/speech/engines/voskLane.ts';
import { type VoskJobs, VoskStream } from '../../../server/speech/engines/voskStream.ts';
import { SegueError } from '../../../shared/errors.ts';

const PIECE = 1_280;
const RECOGNITION = { text: 'yes', confidence: 1, words: [], alternatives: [] };

let up: boolean;
let jobs: VoskJob[];
let stream: VoskStream;
let closed: number;
beforeEach(() => {
  up = true;
  jobs = [];
  closed = 0;
  const jobsOf = {
    get up() {
      return up;
    },
    post: (job: VoskJob) => jobs.push(job),
  } as unknown as VoskJobs;
  stream = new VoskStream(7, jobsOf, [], () => (closed += 1));
});

const types = () => jobs.map(({ type }) => type);
const samples = () => jobs.reduce((sum, job) => sum + (job.type === 'audio' ? job.pcm16k.length : 0), 0);
const crash = () => {
  up = false;
  stream.lost(new SegueError('SPEECH_UNAVAILABLE', 'crashed'));
};

test('sends sound in pieces, and what is left before a flush', async () => {
  stream.write(new Float32Array(PIECE - 1));
  expect(types()).toEqual(['open']);
  stream.write(new Float32Array(2 * PIECE));
  expect(types()).toEqual(['open', 'audio', 'audio']);
  const flushed = stream.flush();
  expect(types()).toEqual(['open', 'audio', 'audio', 'audio', 'flush']);
  expect(samples()).toBe(3 * PIECE - 1);
  stream.answered({ type: 'final', stream: 7, recognition: RECOGNITION });
  expect(await flushed).toBe(RECOGNITION);
});

test('keeps the samples as they came', () => {
  for (let at = 0; at < PIECE; at += 320) {
    stream.write(Float32Array.from({ length: 320 }, (_, index) => at + index));
  }
  const [, audio] = jobs;
  expect(audio?.type === 'audio' && audio.pcm16k.every((sample, at) => sample === at)).toBe(true);
});

test('drops sound while the thread is far behind, and goes on when it has caught up', () => {
  for (let ms = 0; ms < 60_000; ms += 80) stream.write(new Float32Array(PIECE));
  expect(samples()).toBeGreaterThan(9 * 16_000);
  expect(samples()).toBeLessThan(11 * 16_000);
  stream.answered({ type: 'heard', stream: 7, samples: samples(), partial: null });
  const before = samples();
  stream.write(new Float32Array(PIECE));
  expect(samples()).toBe(before + PIECE);
});

test('a lost thread rejects what waits; later sound opens a new recogniser', async () => {
  stream.write(new Float32Array(PIECE));
  const flushed = expect(stream.flush()).rejects.toMatchObject({ code: 'SPEECH_UNAVAILABLE' });
  crash();
  await flushed;
  stream.write(new Float32Array(PIECE));
  await expect(stream.flush()).rejects.toMatchObject({ code: 'SPEECH_UNAVAILABLE' });
  up = true;
  jobs = [];
  stream.write(new Float32Array(PIECE));
  void stream.flush();
  expect(types()).toEqual(['open', 'audio', 'flush']);
});

test('a recogniser that failed is replaced', async () => {
  const flushed = expect(stream.flush()).rejects.toMatchObject({ code: 'SPEECH_UNAVAILABLE' });
  stream.answered({ type: 'failed', stream: 7, detail: 'broken' });
  await flushed;
  jobs = [];
  stream.write(new Float32Array(PIECE));
  expect(types()).toEqual(['open', 'audio']);
});

test('tells the text so far', () => {
  const partials: string[] = [];
  stream.onPartial((text) => partials.push(text));
  stream.answered({ type: 'heard', stream: 7, samples: 0, partial: 'yes' });
  stream.answered({ type: 'heard', stream: 7, samples: 0, partial: null });
  expect(partials).toEqual(['yes']);
});

test('closes once', () => {
  stream.close();
  stream.close();
  expect(types()).toEqual(['open', 'close']);
  expect(closed).toBe(1);
});
