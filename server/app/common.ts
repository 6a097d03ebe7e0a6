import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../telemetry/log.ts';

/** What the makers of parts share; `opened` has a part closed with the app. */
export type Common = {
  clock: Clock;
  log: Log;
  opened: <Value extends { close(): unknown }>(part: Value) => Value;
};
