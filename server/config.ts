import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { z } from 'zod';
import { SegueError } from '../shared/errors.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const urls = z
  .string()
  .default('')
  .transform((list) => list.split(',').map((url) => url.trim()))
  .transform((list) => list.filter((url) => url !== ''));

const ports = z
  .string()
  .regex(/^\d{1,5}-\d{1,5}$/, 'two ports, as in 40000-40099')
  .transform((range) => range.split('-').map(Number) as [number, number])
  .transform(([min, max]) => ({ min, max }))
  .refine(({ min, max }) => min > 0 && min <= max && max <= 65_535, 'the first port is the smaller one');

const environment = z.object({
  PORT: port.default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  SEGUE_DATA_DIR: z.string().min(1).default('.segue'),
  DATABASE_URL: z.string().min(1).optional(),
  REDIS_URL: z.string().min(1).optional(),
  SEGUE_SITES: z.string().min(1).default('demo/site.yaml'),
  SEGUE_ADMIN_KEY: z.string().min(16, 'at least 16 characters').optional(),
  SEGUE_SESSION_SECRET: z.string().min(32, 'at least 32 characters').optional(),
  SEGUE_RTC_PORT: port.default(0),
  SEGUE_RTC_WORKERS: z.coerce.number().int().min(1).max(64).default(1),
  SEGUE_ANNOUNCED_ADDRESS: z.string().min(1).optional(),
  SEGUE_PIPE_ADDRESS: z.union([z.ipv4(), z.ipv6()]).optional(),
  SEGUE_PIPE_PORTS: ports.optional(),
  SEGUE_STUN_URLS: urls,
  SEGUE_TURN_URLS: urls,
  SEGUE_TURN_SECRET: z.string().min(1).optional(),
  SEGUE_STT_THREADS: z.coerce.number().int().min(1).max(64).optional(),
  SEGUE_MAX_CALLS: z.coerce.number().int().min(1).default(50),
  SEGUE_MAX_TEXT_CALLS: z.coerce.number().int().min(1).default(1_000),
  SEGUE_DRAIN_MS: z.coerce.number().int().min(0).max(3_600_000).default(25_000),
  SEGUE_TRUST_PROXY: z.enum(['0', '1']).default('0'),
  SEGUE_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  MEDIASOUP_WORKER_BIN: z.string().min(1).optional(),
});

export type Config = {
  port: number;
  host: string;
  dataDir: string;
  /** PostgreSQL's address; without one the database is embedded, in the data folder. */
  databaseUrl: string | undefined;
  /** Redis's address, which joins several servers; without one the server is alone. */
  redisUrl: string | undefined;
  sitesFile: string;
  /** Bearer key of the read and admin API; `generated` when the environment gave none. */
  adminKey: { value: string; generated: boolean };
  /** Signs the tokens of sessions; without one the data folder's own does. */
  sessionSecret: Uint8Array | undefined;
  rtc: {
    /** First of the workers' ports, UDP and TCP; 0 takes any free one. */
    basePort: number;
    workers: number;
    announcedAddress: string | undefined;
    /** Where other servers of the cluster reach this one's media, and at which UDP ports. */
    pipeAddress: string | undefined;
    pipePorts: { min: number; max: number } | undefined;
    workerBin: string | undefined;
    stunUrls: string[];
    turnUrls: string[];
    turnSecret: string | undefined;
  };
  sttThreads: number | undefined;
  /** Calls by voice at once, and calls in writing. */
  maxCalls: number;
  maxTextCalls: number;
  /** How long running calls may go on after SIGTERM. */
  drainMs: number;
  trustProxy: boolean;
  logLevel: string;
};

/** The environment, parsed once. Throws CONFIG_INVALID naming every variable that is wrong. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new SegueError('CONFIG_INVALID', wrong.join('; '));
  }
  const value = parsed.data;
  if (value.SEGUE_TURN_URLS.length > 0 && !value.SEGUE_TURN_SECRET) {
    throw new SegueError('CONFIG_INVALID', 'SEGUE_TURN_URLS needs SEGUE_TURN_SECRET.');
  }
  if (value.REDIS_URL && !(value.DATABASE_URL && value.SEGUE_SESSION_SECRET)) {
    throw new SegueError(
      'CONFIG_INVALID',
      'REDIS_URL needs DATABASE_URL and SEGUE_SESSION_SECRET, the same for every server.',
    );
  }
  return {
    port: value.PORT,
    host: value.HOST,
    dataDir: resolve(value.SEGUE_DATA_DIR),
    databaseUrl: value.DATABASE_URL,
    redisUrl: value.REDIS_URL,
    sitesFile: resolve(value.SEGUE_SITES),
    adminKey: value.SEGUE_ADMIN_KEY
      ? { value: value.SEGUE_ADMIN_KEY, generated: false }
      : { value: randomBytes(24).toString('base64url'), generated: true },
    sessionSecret: value.SEGUE_SESSION_SECRET
      ? new TextEncoder().encode(value.SEGUE_SESSION_SECRET)
      : undefined,
    rtc: {
      basePort: value.SEGUE_RTC_PORT,
      workers: value.SEGUE_RTC_WORKERS,
      announcedAddress: value.SEGUE_ANNOUNCED_ADDRESS,
      pipeAddress: value.SEGUE_PIPE_ADDRESS,
      pipePorts: value.SEGUE_PIPE_PORTS,
      workerBin: value.MEDIASOUP_WORKER_BIN,
      stunUrls: value.SEGUE_STUN_URLS,
      turnUrls: value.SEGUE_TURN_URLS,
      turnSecret: value.SEGUE_TURN_SECRET,
    },
    sttThreads: value.SEGUE_STT_THREADS,
    maxCalls: value.SEGUE_MAX_CALLS,
    maxTextCalls: value.SEGUE_MAX_TEXT_CALLS,
    drainMs: value.SEGUE_DRAIN_MS,
    trustProxy: value.SEGUE_TRUST_PROXY === '1',
    logLevel: value.SEGUE_LOG_LEVEL,
  };
}
