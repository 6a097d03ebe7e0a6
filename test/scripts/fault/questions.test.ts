import { describe, expect, it } from 'vitest';
import { QUESTIONS, tally } from '../../../scripts/fault/questions.ts';
import type { Transcript } from '../../../shared/events.ts';
import type { TimelineEntry } from '../../../shared/timeline.ts';

let nextId = 0;
const line = (speaker: Transcript['speaker'], text: string): Transcript => ({
  id: String(nextId++),
  speaker,
  text,
  final: true,
  language: 'en',
  atMs: 0,
});
const reply = (intent: string) => ({ tMs: 0, type: 'policy.reply', intent }) as TimelineEntry;
const asked = [{ question: QUESTIONS.weather, atMs: 0, by: 'text' as const }];
const question = line('caller', QUESTIONS.weather.text);
const answer = line('assistant', "I only see lamps from here, so it's always sunny.");

describe('what became of the questions', () => {
  it('is nothing to tell when each was answered once', () => {
    const call = { lines: [question, answer], timeline: [reply('weather')] };
    expect(tally(asked, call)).toEqual({ lost: [], doubled: [] });
  });

  it('is a loss when there is no answer', () => {
    expect(tally(asked, { lines: [question], timeline: [] }).lost).toEqual([QUESTIONS.weather.text]);
  });

  it('is a double when the dialog answered twice, or took the question in twice', () => {
    const twice = { lines: [question, answer], timeline: [reply('weather'), reply('weather')] };
    expect(tally(asked, twice).doubled).toEqual([QUESTIONS.weather.text]);
    const heardTwice = { lines: [question, line('caller', question.text), answer], timeline: [] };
    expect(tally(asked, heardTwice).doubled).toEqual([QUESTIONS.weather.text]);
  });

  it('counts what was asked twice twice', () => {
    const again = [...asked, ...asked];
    const once = { lines: [question, answer], timeline: [reply('weather')] };
    expect(tally(again, once).lost).toEqual([QUESTIONS.weather.text]);
    const lines = [question, answer, line('caller', question.text), line('assistant', answer.text)];
    expect(tally(again, { lines, timeline: [reply('weather'), reply('weather')] })).toEqual({
      lost: [],
      doubled: [],
    });
  });

  it('is no double when an answer is taken up again', () => {
    const lines = [question, line('assistant', 'I only see lamps'), answer];
    expect(tally(asked, { lines, timeline: [reply('weather')] }).doubled).toEqual([]);
  });
});
