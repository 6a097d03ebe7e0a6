import { type Logger, pino } from 'pino';

export type Log = Logger;

/** JSON lines on stderr. Callers pass ids and codes only, never what a visitor said or who they are. */
export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      redact: ['req', 'res', 'token', 'identity', '*.token', '*.identity', 'headers'],
    },
    pino.destination({ dest: 2, sync: false }),
  );
}
