import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * The one door to drizzle-orm. Node parses a package's package.json anew for each ES module that it loads of it; this
 * one has 180 KB and a hundred modules, which costs half a second and 25 MB. As CommonJS it is parsed once.
 */
const orm = require('drizzle-orm') as typeof import('drizzle-orm');
const postgres = require('drizzle-orm/node-postgres') as typeof import('drizzle-orm/node-postgres');
const core = require('drizzle-orm/pg-core') as typeof import('drizzle-orm/pg-core');

export type { SQL } from 'drizzle-orm';
export type { NodePgDatabase } from 'drizzle-orm/node-postgres';
export const { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, lte, max, or, sql } = orm;
export const { drizzle } = postgres;
export const { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text } = core;
