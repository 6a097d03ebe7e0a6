import { vi } from 'vitest';

/** Tries an assertion until it holds; at the limit it fails with what was wrong last. */
export function soon(assertion: () => void, limitMs = 5_000): Promise<void> {
  return vi.waitFor(assertion, { timeout: limitMs, interval: 10 });
}
