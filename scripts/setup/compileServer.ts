/** Loads every module of the server once, threads included, for Node's compile cache. */
import { globSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
await import('../../server/app.ts');
await import('../../demo/shop.ts');
for (const file of globSync('server/**/{*Worker,voskProcess}.ts', { cwd: root })) {
  // A thread's or process's file refuses to run outside of one, but by then it is compiled.
  await import(join(root, file)).catch(() => {});
}
process.exit(0);
