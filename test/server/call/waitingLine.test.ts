import { beforeEach, expect, test } from 'vitest';
import { WaitingLine } from '../../../server/call/waitingLine.ts';
import { FakeClock } from '../../fakes/clock.ts';

let clock: FakeClock;
let free: number;
let line: WaitingLine;
let told: string[];
beforeEach(() => {
  clock = new FakeClock();
  free = 0;
  line = new WaitingLine({ clock, free: () => free });
  told = [];
});

const enter = (...ids: string[]) => {
  for (const id of ids) line.enter(id, ({ position }) => told.push(`${id} ${position}`));
};
const come = (id: string) => {
  expect(line.admits(id)).toBe(true);
  free -= 1;
  line.leave(id);
};

test('tells each their place, and calls them in their order', () => {
  enter('a', 'b', 'c');
  expect(told.slice(-3)).toEqual(['a 1', 'b 2', 'c 3']);
  free = 1;
  clock.advance(500);
  expect(told.slice(-3)).toEqual(['a 0', 'b 1', 'c 2']);
  come('a');
  clock.advance(2_000);
  expect(told.at(-1)).toBe('c 2');
  free = 2;
  clock.advance(500);
  expect(told.slice(-2)).toEqual(['b 0', 'c 0']);
});

test('nobody comes in front of those who wait', () => {
  enter('a');
  free = 1;
  expect(line.admits('late')).toBe(false);
  clock.advance(500);
  expect(line.admits('late')).toBe(false);
  come('a');
  free = 1;
  expect(line.admits('late')).toBe(true);
});

test('who does not come when called has lost their turn', () => {
  enter('a', 'b');
  free = 1;
  clock.advance(500);
  expect(line.admits('b')).toBe(false);
  clock.advance(10_500);
  expect(told.at(-1)).toBe('b 0');
  expect(line.admits('a')).toBe(false);
  come('b');
});

test('who leaves makes the others move up, and the last leaves no timer', () => {
  enter('a', 'b');
  line.leave('a');
  expect(told.at(-1)).toBe('b 1');
  line.leave('b');
  expect(clock.pending).toBe(0);
  expect(line.length).toBe(0);
});

test('waits are estimated by how long calls take', () => {
  const waits: number[] = [];
  for (let call = 0; call < 100; call += 1) line.ended(60_000, 3);
  line.enter('a', ({ waitMs }) => waits.push(waitMs));
  line.enter('b', ({ waitMs }) => waits.push(waitMs));
  expect(waits.at(-1)).toBeGreaterThan(35_000);
  expect(waits.at(-1)).toBeLessThan(45_000);
});

test('a socket of before that is missed late takes nothing from the next one', () => {
  const [late, next] = [() => {}, ({ position }: { position: number }) => told.push(`a ${position}`)];
  line.enter('a', late);
  line.enter('a', next);
  line.leave('a', late);
  free = 1;
  clock.advance(500);
  expect(told).toEqual(['a 1', 'a 0']);
  line.leave('a', late);
  expect(line.admits('a')).toBe(true);
  line.leave('a', next);
  expect([line.length, clock.pending]).toEqual([0, 0]);
});

test('who asks again keeps their place', () => {
  enter('a', 'b', 'a');
  expect(line.length).toBe(2);
  expect(told.slice(-2)).toEqual(['a 1', 'b 2']);
});
