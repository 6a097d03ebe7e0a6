import { SegueError } from '../../../shared/errors.ts';
import type { Connector, ConnectorRequest } from '../../records/connector.ts';
import { VERIFICATION_OPERATIONS, type Verifier } from '../../verification/verifier.ts';

/** The customer's systems, and in front of them what proves who a caller is. */
export function withVerifier(connector: Connector, verifier: Verifier | null): Connector {
  const verify = async (request: ConnectorRequest) => {
    if (!verifier) throw new SegueError('CONNECTOR_REFUSED', 'impossible');
    return await verifier.call(request);
  };
  const isIts = ({ operation }: ConnectorRequest): boolean => VERIFICATION_OPERATIONS.includes(operation);
  const { tell } = connector;
  return {
    name: connector.name,
    close: () => connector.close(),
    call: (request) => (isIts(request) ? verify(request) : connector.call(request)),
    ...(tell
      ? {
          tell: async (request) => {
            if (!isIts(request)) return await tell.call(connector, request);
            return { data: await verify(request), state: 'current', asOfMs: 0, fieldsAsOfMs: {} };
          },
        }
      : {}),
  };
}
