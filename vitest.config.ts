import { defineConfig } from 'vitest/config';

const parts = ['client', 'server', 'shared', 'scripts', 'architecture', 'contracts', 'demo'];
const setupFiles = ['test/setup/environment.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: parts.map((part) => `test/${part}/**/*.test.ts`),
          setupFiles,
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          // Real browsers, recognisers and clocks on a machine that others load, too: what passes only then is reported.
          retry: 1,
          setupFiles,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
