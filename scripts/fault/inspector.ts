import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { processTree } from '../bench/processes.ts';
import type { ServerProcess } from './serverProcess.ts';

const PRELOAD = new URL('./preload/inspect.ts', import.meta.url).href;
const ANSWER_LIMIT_MS = 20_000;

/** What a server holds at a moment; memory in MB, after its garbage was collected. */
export type Holdings = {
  rssMb: number;
  heapMb: number;
  /** Of the heap, what is compiled: it grows for hours as more becomes hot, and ends with the program. */
  codeMb: number;
  externalMb: number;
  /** Node's handles and requests, by kind. */
  active: Record<string, number>;
  media: Record<'workers' | 'routers' | 'transports' | 'producers' | 'consumers', number>;
  /** Open files of the server and of its media workers; empty where there is no /proc. */
  files: { server: number; workers: number };
  workerRssMb: number;
};

/** Looks into a server that was started with its flags and its environment. */
export class Inspector {
  readonly #folder = mkdtempSync(join(tmpdir(), 'segue-inspect-'));
  readonly #file = join(this.#folder, 'report.json');

  get flags(): string[] {
    return ['--expose-gc', '--import', PRELOAD];
  }

  get env(): NodeJS.ProcessEnv {
    return { SEGUE_FAULT_REPORT: this.#file };
  }

  async look(server: ServerProcess): Promise<Holdings> {
    rmSync(this.#file, { force: true });
    server.signal('SIGUSR2');
    const untilMs = performance.now() + ANSWER_LIMIT_MS;
    while (!existsSync(this.#file)) {
      if (performance.now() > untilMs) throw new Error('the server does not tell what it holds');
      await pause(20);
    }
    const told = JSON.parse(readFileSync(this.#file, 'utf8')) as {
      rss: number;
      heapUsed: number;
      code: number;
      external: number;
      active: Record<string, number>;
      media: Holdings['media'];
    };
    const workers = processTree(server.pid).filter(({ name }) => name.startsWith('mediasoup'));
    return {
      rssMb: told.rss / 1e6,
      heapMb: told.heapUsed / 1e6,
      codeMb: told.code / 1e6,
      externalMb: told.external / 1e6,
      active: told.active,
      media: told.media,
      files: {
        server: openFiles(server.pid),
        workers: workers.reduce((sum, { pid }) => sum + openFiles(pid), 0),
      },
      workerRssMb: workers.reduce((sum, { rssMb }) => sum + rssMb, 0),
    };
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function openFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

/** What is there now and was not there before, in words; empty when nothing is. `spare`: sockets of the moment. */
export function leaks(before: Holdings, after: Holdings, { spare = 2 } = {}): string[] {
  const found: string[] = [];
  const compare = (what: string, was: number, is: number, tolerated: number): void => {
    if (is > was + tolerated) found.push(`${what}: ${was} before, ${is} after`);
  };
  for (const [kind, is] of Object.entries(after.media)) {
    compare(`media ${kind}`, before.media[kind as keyof Holdings['media']], is, 0);
  }
  // Keep-alive connections and the database's pool come and go by themselves.
  for (const [kind, is] of Object.entries(after.active)) {
    compare(`active ${kind}`, before.active[kind] ?? 0, is, spare);
  }
  compare('open files of the server', before.files.server, after.files.server, 2 * spare);
  compare('open files of the media workers', before.files.workers, after.files.workers, spare);
  return found;
}
