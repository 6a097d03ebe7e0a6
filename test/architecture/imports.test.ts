import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Sources } from './graph.ts';
import { breaches } from './rules.ts';

const root = join(import.meta.dirname, '..', '..');
const EMPTY = 'export {};\n';

function readProject(): Sources {
  const sources: Sources = new Map();
  for (const part of ['client', 'server', 'shared', 'demo']) {
    for (const entry of readdirSync(join(root, part), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(ts|js)$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      sources.set(path.slice(root.length + 1).replaceAll(sep, '/'), readFileSync(path, 'utf8'));
    }
  }
  return sources;
}

const project = (files: Record<string, string>): Sources => new Map(Object.entries(files));

describe('the sources', () => {
  it('keep to the rules of the house', () => {
    const sources = readProject();
    expect(sources.size).toBeGreaterThan(50);
    expect(breaches(sources)).toEqual([]);
  });
});

describe('the checker', () => {
  it('finds an import against the direction, of a type too', () => {
    const sources = project({
      'server/media/room.ts': "import type { Call } from '../call/call.ts';\n",
      'server/call/call.ts': EMPTY,
    });
    expect(breaches(sources)).toEqual([
      expect.stringContaining('server/media/room.ts: layer "media, audio, speech, storage" must not import'),
    ]);
  });

  it('lets a layer import the layers below it and itself', () => {
    const sources = project({
      'server/call/call.ts':
        "import '../media/room.ts';\nimport './calls.ts';\nimport '../../shared/ids.ts';\n",
      'server/call/calls.ts': EMPTY,
      'server/media/room.ts': EMPTY,
      'shared/ids.ts': EMPTY,
    });
    expect(breaches(sources)).toEqual([]);
  });

  it('finds an engine that is imported by anything but the composition root', () => {
    const sources = project({
      'server/app.ts': "import './speech/engines/vosk.ts';\n",
      'server/call/call.ts': "const load = () => import('../speech/engines/vosk.ts');\n",
      'server/speech/engines/vosk.ts': "import './voskLibrary.ts';\n",
      'server/speech/engines/voskLibrary.ts': EMPTY,
    });
    expect(breaches(sources)).toEqual([
      'server/call/call.ts: only server/app.ts and server/app/ import engines (server/speech/engines/vosk.ts)',
    ]);
  });

  it('finds drizzle loaded as ES modules, but lets its types be named', () => {
    const sources = project({
      'server/storage/drizzle.ts': "export type { SQL } from 'drizzle-orm';\n",
      'server/storage/database.ts': "import { sql } from 'drizzle-orm/sql';\n",
    });
    expect(breaches(sources)).toEqual([
      'server/storage/database.ts: drizzle-orm is loaded by server/storage/drizzle.ts only',
    ]);
  });

  it('keeps client, server and demo apart', () => {
    const sources = project({
      'client/a.ts': "export type { B } from '../server/call/b.ts';\n",
      'server/call/b.ts': "import '../../client/c.ts';\n",
      'client/c.ts': EMPTY,
      'demo/shop.ts': "import '../server/call/b.ts';\n",
      'shared/ids.ts': "import '../client/c.ts';\n",
    });
    expect(breaches(sources)).toEqual([
      'client/a.ts: client must not import from server (server/call/b.ts)',
      'server/call/b.ts: server must not import from client (client/c.ts)',
      'demo/shop.ts: demo must not import from server (server/call/b.ts)',
      'shared/ids.ts: shared must not import from client (client/c.ts)',
    ]);
  });

  it('finds a circle made of types', () => {
    const sources = project({
      'shared/a.ts': "import type { B } from './b.ts';\n",
      'shared/b.ts': "export * from './c.ts';\n",
      'shared/c.ts': "import type { A } from './a.ts';\n",
    });
    expect(breaches(sources)).toEqual([
      'shared/a.ts: import circle shared/a.ts → shared/b.ts → shared/c.ts → shared/a.ts',
    ]);
  });

  it('finds zod on the way into the client, and lets its types pass', () => {
    const schemas = { 'shared/schemas.ts': "import { z } from 'zod';\n" };
    const byType = project({ ...schemas, 'client/a.ts': "import type { S } from '../shared/schemas.ts';\n" });
    expect(breaches(byType)).toEqual([]);
    const byValue = project({
      ...schemas,
      'client/a.ts': "import { type S } from '../shared/schemas.ts';\n",
    });
    expect(breaches(byValue)).toEqual([
      'client/a.ts: the client must not load zod (client/a.ts → shared/schemas.ts → zod)',
    ]);
  });

  it('finds files that are too long, named utils, or in no layer', () => {
    const sources = project({
      'client/long.ts': 'export {};\n'.repeat(401),
      'client/utils.ts': EMPTY,
      'server/elsewhere/thing.ts': EMPTY,
    });
    expect(breaches(sources)).toEqual([
      'client/long.ts: has 401 lines, more than 400',
      'client/utils.ts: a file is named after its one noun, not "utils"',
      'server/elsewhere/thing.ts: stands in no layer of test/architecture/layers.ts',
    ]);
  });
});
