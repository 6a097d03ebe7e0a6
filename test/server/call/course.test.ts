import { expect, test } from 'vitest';
import { Course } from '../../../server/call/course.ts';
import type { CallerTurn } from '../../../server/dialog/policy.ts';

const turn = (text: string): CallerTurn => ({ text, alternatives: [], confidence: 0.9, channel: 'voice' });
const nothing = () => null;

test('nobody has to say anything at first', () => {
  expect(new Course().standing(nothing)).toEqual({ unanswered: [], heardText: null, callerSpeaks: false });
});

test('turns wait for their answers in order, and an answer waits to be said', () => {
  const course = new Course();
  const [first, second] = [course.heard(turn('one')), course.heard(turn('two'))];
  expect(course.standing(nothing).unanswered).toEqual([turn('one'), turn('two')]);
  first(true);
  expect(course.standing(nothing)).toMatchObject({ unanswered: [turn('two')], heardText: '' });
  course.says('turn_1');
  expect(course.standing((id) => `heard of ${id}`).heardText).toBe('heard of turn_1');
  course.says(null);
  expect(course.standing(nothing).heardText).toBeNull();
  second(false);
  expect(course.standing(nothing)).toMatchObject({ unanswered: [], heardText: null });
});

test('tells of each move, and of nothing else', () => {
  const course = new Course();
  let moves = 0;
  course.on('moved', () => {
    moves += 1;
  });
  course.callerSpeaks(true);
  course.callerSpeaks(true);
  course.callerSpeaks(false);
  course.heard(turn('one'))(false);
  expect(moves).toBe(4);
});
