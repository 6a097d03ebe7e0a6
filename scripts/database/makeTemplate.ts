/** Makes an empty embedded database in the given folder; a process of its own, because it takes 1 GB of memory. */
import { makeDatabase } from '../../server/storage/engines/pgliteFolder.ts';

const [dir] = process.argv.slice(2);
if (!dir) throw new Error('Usage: makeTemplate.ts FOLDER');
await makeDatabase(dir);
process.exit(0);
