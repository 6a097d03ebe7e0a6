import { createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { progress } from '../launch/report.js';

const CONNECT_TIMEOUT_MS = 8_000;
const STALL_TIMEOUT_MS = 30_000;
const MB = 1_000_000;

/** A download did not work; the message is one line for a person. */
export class DownloadError extends Error {}

function reasonOf(error: unknown, url: string): string {
  if (error instanceof DownloadError) return error.message;
  const { host } = new URL(url);
  const cause = (error as { cause?: { code?: string } }).cause?.code;
  const name = (error as Error).name;
  if (name === 'TimeoutError' || name === 'AbortError') return `${host} does not answer`;
  return `${host} cannot be reached${cause ? ` (${cause})` : ''}`;
}

/** Downloads `url` to `file`, going on where an earlier try stopped. `file` appears only when complete. */
export async function download(url: string, file: string, label: string): Promise<void> {
  const part = `${file}.part`;
  const haveBytes = existsSync(part) ? statSync(part).size : 0;
  const limit = new AbortController();
  let timer = setTimeout(() => limit.abort(), CONNECT_TIMEOUT_MS);
  try {
    const headers: Record<string, string> = haveBytes ? { range: `bytes=${haveBytes}-` } : {};
    const response = await fetch(url, { headers, signal: limit.signal });
    if (response.status === 416) {
      // What is there is longer than the file: it is not the beginning of it.
      rmSync(part, { force: true });
      throw new DownloadError(`${new URL(url).host} has no more than the part that is here; try again`);
    }
    if (!response.ok || !response.body) {
      throw new DownloadError(`${new URL(url).host} answers ${response.status}`);
    }
    const resumed = response.status === 206;
    let bytes = resumed ? haveBytes : 0;
    const totalBytes = bytes + Number(response.headers.get('content-length') ?? 0);
    const watch = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        clearTimeout(timer);
        timer = setTimeout(() => limit.abort(), STALL_TIMEOUT_MS);
        bytes += chunk.length;
        progress(`  ${label}: ${(bytes / MB).toFixed(1)} of ${(totalBytes / MB).toFixed(1)} MB`);
        done(null, chunk);
      },
    });
    const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
    await pipeline(body, watch, createWriteStream(part, { flags: resumed ? 'a' : 'w' }));
  } catch (error) {
    throw new DownloadError(reasonOf(error, url));
  } finally {
    clearTimeout(timer);
  }
  renameSync(part, file);
}
