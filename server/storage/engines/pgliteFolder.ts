import { existsSync, fdatasyncSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';

/**
 * PGlite's own start without `-F` (no fsync), with memory for one user: 200 MB instead of 350 to 500, at the same speed.
 * `fdatasync` does nothing in its WebAssembly, `fsync` can be given (below).
 */
const SETTINGS = {
  search_path: 'public',
  exit_on_error: 'false',
  log_checkpoints: 'false',
  max_worker_processes: '0',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  io_method: 'sync',
  fsync: 'on',
  wal_sync_method: 'fsync',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '128MB',
  min_wal_size: '32MB',
  shared_buffers: '16MB',
  wal_buffers: '1MB',
  work_mem: '4MB',
  maintenance_work_mem: '16MB',
  temp_buffers: '1MB',
  max_connections: '4',
  max_locks_per_transaction: '32',
  jit: 'off',
};
const START = [
  '--single',
  '-O',
  '-j',
  ...Object.entries(SETTINGS).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
];

/**
 * Opens the database in `<dir>/pg`. A first start copies `template` (a database that was made before) where there is one
 * and makes one where there is none, beside its place: a start that is cut short leaves nothing half-made.
 */
export async function openFolder(dir: string, template: string | null): Promise<PGlite> {
  const place = join(dir, 'pg');
  if (!existsSync(join(place, 'PG_VERSION'))) {
    const beside = join(dir, 'pg.unfinished');
    await rm(beside, { recursive: true, force: true });
    if (template && existsSync(join(template, 'PG_VERSION'))) await cp(template, beside, { recursive: true });
    else await makeDatabase(beside);
    await rename(beside, place);
  }
  return open(place);
}

/** A fresh, empty database in a folder; takes seconds and, for a moment, 1 GB of memory. */
export async function makeDatabase(dir: string): Promise<void> {
  const made = await open(dir);
  await made.exec('CHECKPOINT');
  await made.close();
}

async function open(dataDir: string): Promise<PGlite> {
  const database = await PGlite.create({ dataDir, startParams: START });
  syncToDisk(database);
  return database;
}

type Stream = { nfd?: number };
type Emscripten = { FS: { filesystems: { NODEFS: { stream_ops: { fsync?: (stream: Stream) => number } } } } };

/** Emscripten's file system on Node leaves `fsync` out; with it, what is committed survives a loss of power. */
function syncToDisk(database: PGlite): void {
  const { FS } = database.Module as unknown as Emscripten;
  FS.filesystems.NODEFS.stream_ops.fsync = ({ nfd }) => {
    if (nfd !== undefined) fdatasyncSync(nfd);
    return 0;
  };
}
