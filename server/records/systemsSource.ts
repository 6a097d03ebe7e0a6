import { z } from 'zod';
import { duration } from '../yaml/duration.ts';
import { VALUE_KINDS } from './mapping.ts';

/** Shape of a site's systems file. README, "Connecting your systems", has an example of everything. */

const operationName = z
  .string()
  .max(64)
  .regex(/^[a-z]+(\.[a-zA-Z]+)*$/, 'expected letters and dots, e.g. orders.find');
const envName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'expected the name of an environment variable');
const reason = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'expected a short token such as not_found');
const path = z.string().min(1).max(300);
const headerName = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'expected the name of an HTTP header');
const url = z.string().min(1);

/** Present, of any shape: checked by the compiler. */
const later = z
  .unknown()
  .refine((value) => value !== undefined && value !== null, 'is missing (expected a value)');

const keepSource = z.strictObject({
  fresh: duration,
  stale: duration.optional(),
  expired: duration.optional(),
  fields: z.record(z.string(), duration).default({}),
});

const rules = {
  keep: keepSource.optional(),
  asOf: z.record(z.string(), path).default({}),
  prewarm: z.enum(['customer', 'anyone']).optional(),
  defer: z.boolean().default(false),
  invalidates: z.array(operationName).default([]),
};

const breakerSource = z.strictObject({
  failures: z.int().min(1).max(100).default(5),
  open: duration.default(10_000),
});

const shared = {
  timeout: duration.default(3_000),
  breaker: breakerSource.optional(),
  serves: z
    .array(z.string().regex(/^([a-z]+|\*)$/, 'expected the first word of operations, or * for all others'))
    .default([]),
};

export const httpSource = z.strictObject({
  kind: z.literal('http'),
  ...shared,
  url,
  keyEnv: envName,
  operations: z
    .record(operationName, z.strictObject({ ...rules, writes: z.boolean().default(false) }))
    .default({}),
});

const authSource = z.strictObject({
  bearerEnv: envName.optional(),
  basic: z.strictObject({ userEnv: envName, passwordEnv: envName }).optional(),
  header: z.strictObject({ name: headerName, valueEnv: envName }).optional(),
  clientCredentials: z
    .strictObject({
      tokenUrl: url,
      clientIdEnv: envName,
      clientSecretEnv: envName,
      scope: z.string().optional(),
      audience: z.string().optional(),
    })
    .optional(),
});

const refusalSource = z.strictObject({
  status: z.int().min(200).max(599),
  at: path.optional(),
  is: z.union([z.string(), z.number(), z.boolean()]).optional(),
  reason,
});

const httpMethods = {
  get: z.string().optional(),
  post: z.string().optional(),
  put: z.string().optional(),
  patch: z.string().optional(),
  delete: z.string().optional(),
};
export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const restOperation = z.strictObject({
  ...rules,
  ...httpMethods,
  reads: z.boolean().optional(),
  query: z.record(z.string(), z.string()).default({}),
  body: z.unknown().optional(),
  answer: z.record(z.string(), later).optional(),
  refused: z.array(refusalSource).default([]),
});

export const restSource = z.strictObject({
  kind: z.literal('rest'),
  ...shared,
  url,
  auth: authSource.optional(),
  headers: z.record(headerName, z.string()).default({}),
  idempotencyHeader: z.union([headerName, z.literal(false)]).default('Idempotency-Key'),
  retries: z.int().min(0).max(5).default(2),
  maxBytes: z
    .int()
    .min(1_024)
    .max(1024 * 1024)
    .default(256 * 1024),
  refused: z.array(refusalSource).default([]),
  operations: z.record(operationName, restOperation),
});

const sqlOperation = z.strictObject({
  ...rules,
  query: z.string().optional(),
  change: z.string().optional(),
  one: z.string().optional(),
  many: z.string().optional(),
  none: reason.optional(),
  refused: z.record(z.string(), reason).default({}),
});

export const sqlSource = z.strictObject({
  kind: z.literal('sql'),
  ...shared,
  urlEnv: envName,
  pool: z.int().min(1).max(50).default(4),
  actionsTable: z
    .string()
    .regex(/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/, 'expected the name of a table')
    .default('segue_actions'),
  operations: z.record(operationName, sqlOperation),
});

export const mappingSource = z.union([
  path,
  z.strictObject({ at: path, is: z.enum(VALUE_KINDS).optional(), optional: z.boolean().default(false) }),
  z.strictObject({ each: path, as: later }),
]);

export const systemsSource = z.strictObject({
  connectors: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'expected a short name'), later),
  rehydrate: z.array(z.strictObject({ operation: operationName, deadline: duration.optional() })).default([]),
  webhook: z.strictObject({ secretEnv: envName }).optional(),
});

export const KINDS = { http: httpSource, rest: restSource, sql: sqlSource } as const;

export type HttpSource = z.infer<typeof httpSource>;
export type RestSource = z.infer<typeof restSource>;
export type SqlSource = z.infer<typeof sqlSource>;
export type AuthSource = z.infer<typeof authSource>;
export type RulesSource = z.infer<z.ZodObject<typeof rules>>;
export type RestOperationSource = RestSource['operations'][string];
