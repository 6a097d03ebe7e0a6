import { expect, test } from 'vitest';
import { answerId, Course } from '../../../server/call/course.ts';
import type { CallerTurn } from '../../../server/dialog/policy.ts';

const turn = (text: string): CallerTurn => ({ text, alternatives: [], confidence: 0.9, channel: 'voice' });
const nothing = () => null;

test('nobody has to say anything at first', () => {
  expect(new Course().standing(nothing)).toEqual({ unanswered: [], heardText: null, callerSpeaks: false });
});

test('turns wait for their answers in order, and an answer waits to be said', () => {
  const course = new Course();
  const [first, second] = [course.heard('t1', turn('one')), course.heard('t2', turn('two'))];
  expect(course.standing(nothing).unanswered).toEqual([
    { id: 't1', ...turn('one') },
    { id: 't2', ...turn('two') },
  ]);
  first(true);
  expect(course.standing(nothing)).toMatchObject({
    unanswered: [{ id: 't2', ...turn('two') }],
    heardText: '',
  });
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
  course.heard('t1', turn('one'))(false);
  expect(moves).toBe(4);
});

test('one turn has one answer, whoever gives it', () => {
  expect(answerId('turn_1')).toBe(answerId('turn_1'));
  expect(answerId('turn_1')).not.toBe(answerId('turn_2'));
});
