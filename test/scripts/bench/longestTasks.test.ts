import { expect, test } from 'vitest';
import { taskTimes } from '../../../scripts/bench/longestTasks.ts';

test('tasks count by the time that they computed, on the main threads of pages alone', () => {
  const named = (tid: number, name: string) => ({
    ph: 'M',
    name: 'thread_name',
    pid: 1,
    tid,
    args: { name },
  });
  const task = (tid: number, tdur: number, name = 'RunTask') => ({
    ph: 'X',
    name,
    pid: 1,
    tid,
    dur: 9e9,
    tdur,
  });
  const traceEvents = [
    task(7, 2_000),
    named(7, 'CrRendererMain'),
    named(8, 'Compositor'),
    task(8, 90_000),
    task(7, 17_500, 'ThreadControllerImpl::RunTask'),
    task(7, 60_000, 'Layout'),
  ];
  expect(taskTimes(Buffer.from(JSON.stringify({ traceEvents })))).toEqual([17.5, 2]);
});
