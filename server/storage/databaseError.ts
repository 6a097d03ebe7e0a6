import { SegueError } from '../../shared/errors.ts';

/** SQLSTATE classes that speak of the data itself: data exception, integrity, program limit. */
const DATA_CLASSES = ['22', '23', '54'];

/**
 * What went wrong at the database: `data` would fail again, everything else may pass. Neither the text nor the cause of
 * the driver's error is kept: they quote the values.
 */
export function databaseFault(thrown: unknown): { kind: 'data' | 'gone'; detail: string } {
  const code = stateOf(thrown);
  const kind = code !== null && DATA_CLASSES.includes(code.slice(0, 2)) ? 'data' : 'gone';
  return { kind, detail: code === null ? 'The connection failed.' : `The database answers ${code}.` };
}

/** Runs a question to the database; what fails becomes DATABASE_UNAVAILABLE. */
export async function asking<Value>(question: () => Promise<Value>): Promise<Value> {
  try {
    return await question();
  } catch (thrown) {
    if (thrown instanceof SegueError) throw thrown;
    throw new SegueError('DATABASE_UNAVAILABLE', databaseFault(thrown).detail);
  }
}

function stateOf(thrown: unknown): string | null {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const { code } = error as { code?: unknown };
    if (typeof code === 'string') return code;
  }
  return null;
}
