import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import { SegueError } from '../../shared/errors.ts';
import type { EdgeServer } from './http.ts';

const YEAR_S = 31_536_000;

/**
 * The widget: `/segue.js` and the chunks beside it, for pages of any origin. Chunks carry a hash in their name and
 * are kept for ever; the entry is asked for anew.
 */
export async function clientRoutes(http: EdgeServer, clientDir: string): Promise<void> {
  if (!existsSync(clientDir)) {
    http.get('/segue.js', { schema: { hide: true } }, async () => {
      throw new SegueError('NOT_FOUND', 'The widget is not built; run npm run build.');
    });
    return;
  }
  await http.register(fastifyStatic, {
    root: clientDir,
    index: false,
    wildcard: false,
    cacheControl: false,
    preCompressed: true,
    setHeaders(reply, path) {
      reply.header('access-control-allow-origin', '*');
      reply.header('timing-allow-origin', '*');
      const fresh = path.includes('segue.js');
      reply.header('cache-control', fresh ? 'public, max-age=300' : `public, max-age=${YEAR_S}, immutable`);
    },
  });
}
