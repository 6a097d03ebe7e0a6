import { SegueError } from '../../shared/errors.ts';

/**
 * CONNECTOR_FAILED of a system that is there and said something of no use: a request that it does not know, an answer
 * of the wrong shape. Unlike an outage it says nothing about the next request. `detail` holds no personal data.
 */
export class BadAnswer extends SegueError {
  constructor(detail: string) {
    super('CONNECTOR_FAILED', detail);
  }
}
