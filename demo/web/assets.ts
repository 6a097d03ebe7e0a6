import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const { resolve } = createRequire(import.meta.url);
const TYPEFACES = ['@fontsource-variable/fraunces', '@fontsource-variable/figtree'];

/** Style sheet, modules and pictures under `/assets`, typefaces under `/fonts`. */
export async function serveAssets(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, {
    root: fileURLToPath(new URL('../assets', import.meta.url)),
    prefix: '/assets/',
    decorateReply: false,
  });
  await app.register(fastifyStatic, {
    root: TYPEFACES.map((name) => join(dirname(resolve(`${name}/package.json`)), 'files')),
    prefix: '/fonts/',
    decorateReply: false,
    immutable: true,
    maxAge: '30d',
  });
}
