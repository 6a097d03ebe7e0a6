/** The programs of the development tools, to be run by Node from the project's folder. */
export const tools = {
  biome: 'node_modules/@biomejs/biome/bin/biome',
  tsc: 'node_modules/typescript/bin/tsc',
  vite: 'node_modules/vite/bin/vite.js',
  vitest: 'node_modules/vitest/vitest.mjs',
};

/**
 * Node's flags for the server. Most of its garbage is packets that die at once: a small young generation collects them
 * as well, in shorter pauses and 40 MB less.
 */
export const serverFlags = ['--max-semi-space-size=4'];
