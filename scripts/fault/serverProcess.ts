import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { TimelineEntry } from '../../shared/timeline.ts';
import { processTree } from '../bench/processes.ts';
import { untilReady } from '../bench/server.ts';
import { serverFlags } from '../tools.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const STOP_LIMIT_MS = 90_000;

export type ServerOptions = {
  /** Where it is reached from this program. */
  host: string;
  port: number;
  rtcPort: number;
  adminKey: string;
  env: NodeJS.ProcessEnv;
  /** Node's flags before the program, e.g. a module that is loaded first. */
  flags?: readonly string[];
};

/** The server alone as `npm run serve` runs it, started and ended as often as a scenario wants. */
export class ServerProcess {
  readonly url: string;
  readonly #options: ServerOptions;
  #child: ChildProcess | null = null;
  #output = '';

  constructor(options: ServerOptions) {
    this.#options = options;
    this.url = `http://${options.host}:${options.port}`;
  }

  /** Resolves when it can take calls. */
  async start(): Promise<void> {
    const { host, port, rtcPort, adminKey, env, flags = [] } = this.#options;
    const child = spawn(process.execPath, [...serverFlags, ...flags, 'server/main.ts'], {
      cwd: ROOT,
      env: {
        ...process.env,
        SEGUE_LOG_LEVEL: 'warn',
        SEGUE_STT_THREADS: '1',
        ...env,
        PORT: String(port),
        HOST: host,
        SEGUE_RTC_PORT: String(rtcPort),
        SEGUE_ADMIN_KEY: adminKey,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-20_000);
      });
    }
    const stopChild = () => child.kill('SIGKILL');
    process.once('exit', stopChild);
    child.once('exit', () => process.removeListener('exit', stopChild));
    await untilReady(this.url, child);
  }

  /** The last of what it printed, over all its starts. */
  get output(): string {
    return this.#output;
  }

  get running(): boolean {
    const child = this.#child;
    return child !== null && child.exitCode === null && child.signalCode === null;
  }

  get pid(): number {
    if (!this.running || this.#child?.pid === undefined) throw new Error('the server does not run');
    return this.#child.pid;
  }

  /** Process ids of its media workers, now. */
  mediaWorkers(): number[] {
    return processTree(this.pid)
      .filter(({ name }) => name.startsWith('mediasoup'))
      .map(({ pid }) => pid);
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Resolves when it has ended. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || !this.running) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    // A stopped process takes no other signal than this one.
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await exited;
    clearTimeout(timer);
  }

  async read(path: string): Promise<unknown> {
    const response = await this.#get(path);
    return response.ok ? response.json() : null;
  }

  async metrics(): Promise<string> {
    return (await this.#get('/metrics')).text();
  }

  /** Empty where the server does not know the call. */
  async timeline(callId: string): Promise<TimelineEntry[]> {
    const response = await this.#get(`/v1/calls/${callId}/timeline`);
    if (!response.ok) return [];
    const lines = (await response.text()).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as TimelineEntry);
  }

  #get(path: string): Promise<Response> {
    return fetch(new URL(path, this.url), {
      headers: { authorization: `Bearer ${this.#options.adminKey}` },
      signal: AbortSignal.timeout(10_000),
    });
  }
}
