import { SegueError } from '../../shared/errors.ts';

/** A feature that may be absent, with the reason in words for the operator. */
export type Part<Value> = { value: Value; problem: null } | { value: null; problem: string };

/** Errors that the operator must mend before the server can start. */
const FATAL: readonly string[] = ['PORT_IN_USE', 'ADDRESS_UNAVAILABLE', 'CONFIG_INVALID', 'DATABASE_IN_USE'];

/** Opens a feature, or says why it is absent. */
export async function part<Value>(open: () => Promise<Value>): Promise<Part<Value>> {
  try {
    return { value: await open(), problem: null };
  } catch (thrown) {
    const error = SegueError.from(thrown);
    if (FATAL.includes(error.code)) throw error;
    const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
    return { value: null, problem: `${error.message}${cause}` };
  }
}
