import { run } from '../../launch/children.js';

// The worker's own code for "started without MEDIASOUP_VERSION" (worker/src/main.cpp): the binary and its
// libraries load on this machine.
const RUNS_EXIT_CODE = 41;

/** Whether the binary runs on this machine. */
export async function workerRuns(binary: string): Promise<boolean> {
  const { MEDIASOUP_VERSION: _, ...env } = process.env;
  return (await run(binary, [], { env })).code === RUNS_EXIT_CODE;
}
