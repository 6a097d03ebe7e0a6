import { SegueError } from '../shared/errors.ts';

/** How long a stop may take before the process ends all the same. */
const STOP_LIMIT_MS = 10_000;

type Running = { close(): Promise<void> };

/**
 * Runs a program until SIGINT or SIGTERM asks it to stop; a start that fails says why
 * in one line. A second signal ends it at once.
 */
export async function runUntilStopped(
  start: () => Promise<Running>,
  print: (line: string) => void,
): Promise<void> {
  const starting = start();
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    await starting.then((running) => running.close()).catch(() => {});
    process.exit(process.exitCode ?? 0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
  try {
    await starting;
  } catch (error) {
    print(error instanceof SegueError ? `${error.code}: ${error.message}` : String((error as Error)?.stack));
    process.exit(1);
  }
}
