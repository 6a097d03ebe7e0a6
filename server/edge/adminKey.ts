import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { SegueError } from '../../shared/errors.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A hook that lets only holders of the admin key pass; compares in constant time. */
export function requireAdminKey(key: string): (request: FastifyRequest) => Promise<void> {
  const expected = digest(`Bearer ${key}`);
  return async (request) => {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) {
      throw new SegueError('ADMIN_KEY_INVALID');
    }
  };
}
