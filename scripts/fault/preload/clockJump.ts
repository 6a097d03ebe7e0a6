/**
 * Loaded into a server before its program: on SIGUSR2 the wall clock of this process jumps an hour ahead, as one that is
 * set. Monotonic time goes on; the machine's own clock stays.
 */
import { syncBuiltinESMExports } from 'node:module';

const JUMP_MS = 3_600_000;
const { now } = Date;
let aheadMs = 0;

Date.now = () => now() + aheadMs;
const Native = Date;
globalThis.Date = new Proxy(Native, {
  construct(target, args, self) {
    return Reflect.construct(target, args.length === 0 ? [Date.now()] : args, self);
  },
  apply: () => new Native(Date.now()).toString(),
});
syncBuiltinESMExports();
process.on('SIGUSR2', () => {
  aheadMs += JUMP_MS;
});
