import { SegueError } from '../../shared/errors.ts';
import type { Config } from '../config.ts';
import type { EdgeServer } from '../edge/http.ts';

/** Answers the origin. Rejects with PORT_IN_USE or ADDRESS_UNAVAILABLE. */
export async function listen(http: EdgeServer, config: Config): Promise<string> {
  try {
    return await http.listen({ port: config.port, host: config.host });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE') {
      throw new SegueError('PORT_IN_USE', `Port ${config.port} on ${config.host}; set PORT to another.`);
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new SegueError('ADDRESS_UNAVAILABLE', `HOST=${config.host}.`);
    }
    throw error;
  }
}
