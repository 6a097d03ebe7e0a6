import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { TimelineEntry } from '../../shared/timeline.ts';
import { serverFlags } from '../tools.ts';
import { freePortPair } from './freePorts.ts';

const START_LIMIT_MS = 60_000;
const POLL_MS = 50;
const STOP_LIMIT_MS = 10_000;
const ROOT = join(import.meta.dirname, '..', '..');

/** A running server with its demo shop, to be called and looked at from outside. */
export class ServerUnderTest {
  readonly url: string;
  readonly adminKey: string | null;
  /** From the spawn until calls could be taken; null for a server that was there before. */
  readonly startMs: number | null;
  readonly #child: ChildProcess | null;
  readonly #dataDir: string | null;

  private constructor(parts: {
    url: string;
    adminKey: string | null;
    startMs: number | null;
    child: ChildProcess | null;
    dataDir: string | null;
  }) {
    this.url = parts.url;
    this.adminKey = parts.adminKey;
    this.startMs = parts.startMs;
    this.#child = parts.child;
    this.#dataDir = parts.dataDir;
  }

  /** A server that runs already; its timelines need its admin key. */
  static attach(url: string, adminKey: string | null): ServerUnderTest {
    return new ServerUnderTest({ url, adminKey, startMs: null, child: null, dataDir: null });
  }

  /** Starts one of its own on free ports with an empty data folder; resolves when it can take calls. */
  static async start(env: NodeJS.ProcessEnv = process.env): Promise<ServerUnderTest> {
    const port = await freePortPair();
    const dataDir = await mkdtemp(join(tmpdir(), 'segue-bench-'));
    const adminKey = randomBytes(24).toString('base64url');
    const startedMs = performance.now();
    const child = spawn(process.execPath, [...serverFlags, 'scripts/start.ts'], {
      cwd: ROOT,
      env: {
        ...env,
        PORT: String(port),
        HOST: '127.0.0.1',
        SEGUE_DATA_DIR: dataDir,
        SEGUE_ADMIN_KEY: adminKey,
        SEGUE_LOG_LEVEL: 'warn',
        SEGUE_DRAIN_MS: '0',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const url = `http://127.0.0.1:${port}`;
    try {
      await untilReady(url, child);
    } catch (error) {
      child.kill('SIGKILL');
      await rm(dataDir, { recursive: true, force: true });
      throw error;
    }
    return new ServerUnderTest({ url, adminKey, startMs: performance.now() - startedMs, child, dataDir });
  }

  /** Null when the server runs elsewhere. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** The demo shop's, beside the server. */
  get origin(): string {
    const shop = new URL(this.url);
    shop.port = String(Number(shop.port) + 1);
    return shop.origin;
  }

  async metrics(): Promise<string> {
    return (await fetch(new URL('/metrics', this.url))).text();
  }

  /** Empty without the admin key. */
  async timeline(callId: string): Promise<TimelineEntry[]> {
    if (!this.adminKey) return [];
    const response = await fetch(new URL(`/v1/calls/${callId}/timeline`, this.url), {
      headers: { authorization: `Bearer ${this.adminKey}` },
    });
    if (!response.ok) throw new Error(`no timeline of ${callId}: HTTP ${response.status}`);
    const lines = (await response.text()).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as TimelineEntry);
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      await exited;
      clearTimeout(timer);
    }
    if (this.#dataDir) await rm(this.#dataDir, { recursive: true, force: true });
  }
}

/**
 * Resolves when a server that `child` starts can take calls, or all but those by voice: without a media worker or a model
 * it never can. Rejects when it ends or takes a minute.
 */
export async function untilReady(url: string, child: ChildProcess): Promise<void> {
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-2_000);
  });
  const untilMs = performance.now() + START_LIMIT_MS;
  while (performance.now() < untilMs) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`the server did not start: ${complaints.trim() || `exit code ${child.exitCode}`}`);
    }
    const ready = await fetch(new URL('/readyz', url)).then(
      async (response) => response.ok || (await lacksVoice(response)),
      () => false,
    );
    if (ready) return;
    await pause(POLL_MS);
  }
  throw new Error(`the server was not ready within ${START_LIMIT_MS / 1000} s: ${complaints.trim()}`);
}

async function lacksVoice(response: Response): Promise<boolean> {
  const { parts } = (await response.json()) as { parts?: Record<string, { ok: boolean }> };
  return ['media', 'stt', 'tts'].some((part) => parts?.[part]?.ok === false);
}
