import type { ErrorCode } from '../../shared/errors.ts';
import { SegueError } from '../../shared/errors.ts';

/**
 * Runs a step of mediasoup and gives its failure a name of our catalogue. mediasoup throws TypeError for parameters
 * of the wrong shape, which is `onBadInput`; everything else is the audio connection's failure.
 */
export async function mediaStep<Value>(
  run: () => Promise<Value>,
  onBadInput: ErrorCode = 'BAD_REQUEST',
): Promise<Value> {
  try {
    return await run();
  } catch (thrown) {
    if (thrown instanceof SegueError) throw thrown;
    if (thrown instanceof TypeError) throw new SegueError(onBadInput, undefined, { cause: thrown });
    throw new SegueError('MEDIA_TRANSPORT_FAILED', undefined, { cause: thrown });
  }
}
