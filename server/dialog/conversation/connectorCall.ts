import type { Clock } from '../../../shared/clock.ts';
import { SegueError } from '../../../shared/errors.ts';
import type { Connector, ConnectorRequest, Told } from '../../records/connector.ts';

/** A look-up that takes longer is announced ("one moment …"). */
export const ANNOUNCE_AFTER_MS = 700;
/** A connector that takes longer has failed, as far as the caller is concerned. */
export const GIVE_UP_AFTER_MS = 10_000;

export type ConnectorAnswer =
  | { kind: 'answered'; told: Told }
  | { kind: 'refused'; reason: string }
  | { kind: 'failed' };

/** Asks a connector within the patience of a caller; never rejects. */
export async function callConnector(
  connector: Connector,
  request: Omit<ConnectorRequest, 'signal'>,
  options: { clock: Clock; signal: AbortSignal; onSlow: () => void },
): Promise<ConnectorAnswer> {
  const { clock, onSlow } = options;
  const limit = new AbortController();
  const signal = AbortSignal.any([limit.signal, options.signal]);
  const slow = clock.after(ANNOUNCE_AFTER_MS, onSlow);
  const tooLong = clock.after(GIVE_UP_AFTER_MS, () => limit.abort());
  try {
    const told = await abortable(tell(connector, { ...request, signal }, clock), signal);
    return { kind: 'answered', told };
  } catch (error) {
    if (error instanceof SegueError && error.code === 'CONNECTOR_REFUSED') {
      return { kind: 'refused', reason: error.detail ?? '' };
    }
    return { kind: 'failed' };
  } finally {
    slow.cancel();
    tooLong.cancel();
  }
}

async function tell(connector: Connector, request: ConnectorRequest, clock: Clock): Promise<Told> {
  if (connector.tell) return connector.tell(request);
  const asOfMs = clock.epochMs();
  return { data: await connector.call(request), state: 'current', asOfMs, fieldsAsOfMs: {} };
}

/** Settles when the signal aborts, even if the connector ignores it. */
function abortable<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new SegueError('CONNECTOR_FAILED', 'No answer in time.'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
