type TraceEvent = {
  ph: string;
  name: string;
  pid: number;
  tid: number;
  tdur?: number;
  args?: { name?: string };
};

/** Of `browser.startTracing`: what is needed to tell tasks apart. */
export const TASK_CATEGORIES = ['toplevel', 'disabled-by-default-devtools.timeline'];

const TASK = /RunTask/;
const MAIN_THREAD = 'CrRendererMain';

/**
 * How long the tasks of Chromium's main threads of pages have computed, in ms, longest first. By the thread's own clock:
 * a task that the machine has put aside for another program is not longer for it.
 */
export function taskTimes(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString('utf8')) as { traceEvents: TraceEvent[] };
  const key = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`;
  const isMain = ({ name, args }: TraceEvent) => name === 'thread_name' && args?.name === MAIN_THREAD;
  const mains = new Set(traceEvents.filter(isMain).map(key));
  return traceEvents
    .filter((event) => event.ph === 'X' && TASK.test(event.name) && mains.has(key(event)))
    .map(({ tdur = 0 }) => tdur / 1_000)
    .toSorted((a, b) => b - a);
}
