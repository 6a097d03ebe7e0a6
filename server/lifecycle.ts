import { SegueError } from '../shared/errors.ts';

/** How long a stop may take before the process ends all the same. */
const STOP_LIMIT_MS = 10_000;

type Running = {
  /** Lets what runs finish, within a limit of its own. */
  drain?(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Runs a program until a signal asks it to stop: SIGTERM, as a service manager says it, lets what runs finish first;
 * SIGINT (Ctrl-C) does not. A second signal ends it at once. A start that fails says why in one line.
 */
export async function runUntilStopped(
  start: () => Promise<Running>,
  print: (line: string) => void,
): Promise<void> {
  const starting = start();
  let stopping = false;
  const stop = async (gently: boolean): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    const running = await starting.catch(() => null);
    if (gently) await running?.drain?.().catch(() => {});
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    await running?.close().catch(() => {});
    process.exit(process.exitCode ?? 0);
  };
  process.on('SIGINT', () => void stop(false));
  process.on('SIGTERM', () => void stop(true));
  try {
    await starting;
  } catch (error) {
    print(error instanceof SegueError ? `${error.code}: ${error.message}` : String((error as Error)?.stack));
    process.exit(1);
  }
}
