import { SegueError } from '../../shared/errors.ts';
import type { Connector } from './connector.ts';

/** Stands where a site has no systems connected: every request fails as an unreachable system does. */
export const absentConnector: Connector = {
  name: 'absent',
  call: () => Promise.reject(new SegueError('CONNECTOR_FAILED', 'This site has no connector.')),
  close: async () => {},
};
