import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The product's version. */
export function version(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}

export function mediasoupVersion(): string {
  const file = join(ROOT, 'node_modules/mediasoup/package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
