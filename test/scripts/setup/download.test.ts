import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download } from '../../../scripts/setup/download.ts';

const CONTENT = 'abcdefghijklmnopqrstuvwxyz';
let folder: string;
let file: string;
let server: Server | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segue-download-'));
  file = join(folder, 'model.bin');
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function serve(answer: RequestListener): Promise<string> {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/model.bin`;
}

/** Serves CONTENT with ranges; the first answer breaks off after 10 bytes when asked to. */
async function serveContent({ breakFirst = false } = {}) {
  const ranges: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    ranges.push(request.headers.range);
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const body = CONTENT.slice(from);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': body.length });
    if (!breakFirst || ranges.length > 1) response.end(body);
    else response.write(body.slice(0, 10), () => response.destroy());
  });
  return { url, ranges };
}

describe('a download', () => {
  it('appears under its name only when complete', async () => {
    const { url } = await serveContent();
    await download(url, file, 'model');
    expect(readFileSync(file, 'utf8')).toBe(CONTENT);
    expect(existsSync(`${file}.part`)).toBe(false);
  });

  it('goes on where an interrupted one stopped', async () => {
    const { url, ranges } = await serveContent({ breakFirst: true });
    await expect(download(url, file, 'model')).rejects.toThrow(/127\.0\.0\.1/);
    expect(existsSync(file)).toBe(false);
    const had = readFileSync(`${file}.part`, 'utf8');
    await download(url, file, 'model');
    expect(readFileSync(file, 'utf8')).toBe(CONTENT);
    expect(ranges).toEqual([undefined, had.length > 0 ? `bytes=${had.length}-` : undefined]);
  });

  it('starts over with a server that cannot resume', async () => {
    const url = await serve((_request, response) => response.end(CONTENT));
    writeFileSync(`${file}.part`, 'other bytes');
    await download(url, file, 'model');
    expect(readFileSync(file, 'utf8')).toBe(CONTENT);
  });

  it('throws away a part that is longer than the file', async () => {
    const url = await serve((_request, response) => response.writeHead(416).end());
    writeFileSync(`${file}.part`, CONTENT + CONTENT);
    await expect(download(url, file, 'model')).rejects.toThrow('try again');
    expect(existsSync(`${file}.part`)).toBe(false);
  });

  it('says who answered what', async () => {
    const url = await serve((_request, response) => response.writeHead(404).end());
    await expect(download(url, file, 'model')).rejects.toThrow(/^127\.0\.0\.1:\d+ answers 404$/);
  });

  it('says which host cannot be reached', async () => {
    await expect(download('http://127.0.0.1:9/x', file, 'model')).rejects.toThrow(
      /^127\.0\.0\.1:9 cannot be reached/,
    );
  });
});
