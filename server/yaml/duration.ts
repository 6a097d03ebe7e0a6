import { z } from 'zod';

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A time span as people write it, e.g. `300ms`, `10s`, `5m`, `2h`, `1d`; becomes milliseconds. */
export const duration = z
  .string()
  .regex(/^\d{1,6}(ms|s|m|h|d)$/, 'is no time span (expected e.g. 300ms, 10s, 5m, 2h, 1d)')
  .transform((text) => {
    const [, count = '0', unit = 's'] = /^(\d+)([a-z]+)$/.exec(text) ?? [];
    return Number(count) * (UNITS_MS[unit] ?? 0);
  });
