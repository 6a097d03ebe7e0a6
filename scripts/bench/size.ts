import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LIMITS, measure } from '../test/bundleSize.ts';
import type { Measurement } from './measurement.ts';

const CLIENT = join(import.meta.dirname, '..', '..', 'dist', 'client');

/** What the widget costs a page. */
export const size: Measurement = {
  name: 'size',
  title: 'Bundle sizes, gzip -9',
  async run() {
    if (!existsSync(join(CLIENT, 'segue.js'))) throw new Error('the client is not built: npm run build');
    const bytes = measure(CLIENT);
    const parts = ['launcher', 'call'] as const;
    return {
      rows: parts.map((part) => ({
        name: part,
        value: `${(bytes[part] / 1000).toFixed(1)} KB`,
        limit: `≤ ${LIMITS[part] / 1000} KB`,
        met: bytes[part] <= LIMITS[part],
      })),
      data: bytes,
    };
  },
};
