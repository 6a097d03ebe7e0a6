import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { SegueError } from '../shared/errors.ts';

const days = z.number().min(0).max(36_500);
const kind = z.string().regex(/^[a-z]+(\.[a-z]+)?$/, 'must be a kind of event such as turn.caller');

const webhook = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,40}$/),
  url: z.url().refine(isSafeTarget, 'must be https, or http on this machine'),
  secretEnv: z.string(),
  kinds: z.array(kind).min(1).optional(),
  personal: z.boolean().default(false),
});

const site = z.strictObject({
  key: z.string().regex(/^[a-z0-9-]{1,40}$/),
  name: z.string().min(1),
  origins: z.array(z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin)).min(1),
  identity: z
    .union([
      z.strictObject({ hs256SecretEnv: z.string(), audience: z.string().default('segue') }),
      z.strictObject({ jwksUrl: z.url(), audience: z.string().default('segue') }),
    ])
    .optional(),
  playbooks: z.string(),
  connector: z.strictObject({ url: z.url(), keyEnv: z.string(), overview: z.string().optional() }).optional(),
  systems: z.string().optional(),
  retention: z.record(z.union([kind, z.literal('default')]), days).default({}),
  webhooks: z.array(webhook).default([]),
  channelKeyEnv: z.string().optional(),
  leaveGraceMs: z.int().min(0).max(600_000).default(15_000),
  voice: z.string().optional(),
});

const sitesFile = z.strictObject({ sites: z.array(site).min(1) });

/** A customer's site: who may embed the widget, how identities are proven, what the assistant can do. */
export type Site = {
  key: string;
  name: string;
  origins: readonly string[];
  identity: (({ hs256Secret: string } | { jwksUrl: URL }) & { audience: string }) | null;
  /** Absolute path of the folder of playbooks. */
  playbooksDir: string;
  connector: { url: string; key: string; overview: string | null } | null;
  /** The file that describes the site's systems (an absolute path), and where its secrets are. */
  systems: { file: string; env: NodeJS.ProcessEnv } | null;
  /** For how many days events are kept, by kind; `default` for the others. */
  retention: Readonly<Record<string, number>>;
  webhooks: readonly SiteWebhook[];
  /** With which the site's back end hands in messages; null when it hands in none. */
  channelKey: string | null;
  /** How long a call waits for the next page after the visitor has left one. */
  leaveGraceMs: number;
  voice: string | undefined;
};

/** Who is told of a site's events; `kinds` null means all. */
export type SiteWebhook = {
  name: string;
  url: string;
  secret: string;
  kinds: readonly string[] | null;
  personal: boolean;
};

/**
 * Reads the sites file; `${NAME}` in it comes from the environment, and so does every secret.
 * Throws CONFIG_INVALID with the file and each thing that is wrong.
 */
export function readSites(file: string, env: NodeJS.ProcessEnv): Site[] {
  const wrong = (what: string): never => {
    throw new SegueError('CONFIG_INVALID', `${file}: ${what}`);
  };
  const secret = (name: string): string => env[name] || wrong(`the environment has no ${name}.`);
  const parsed = sitesFile.safeParse(expand(read(file, wrong), env, wrong));
  if (!parsed.success) return wrong(z.prettifyError(parsed.error));
  const keys = parsed.data.sites.map(({ key }) => key);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice) wrong(`the site ${twice} stands twice.`);
  const both = parsed.data.sites.find(({ connector, systems }) => connector && systems);
  if (both) wrong(`the site ${both.key} has \`connector\` and \`systems\` (expected one of them).`);
  return parsed.data.sites.map((entry) => ({
    key: entry.key,
    name: entry.name,
    origins: entry.origins,
    identity: entry.identity ? identityOf(entry.identity, secret) : null,
    playbooksDir: resolve(dirname(file), entry.playbooks),
    connector: entry.connector
      ? {
          url: entry.connector.url,
          key: secret(entry.connector.keyEnv),
          overview: entry.connector.overview ?? null,
        }
      : null,
    systems: entry.systems === undefined ? null : { file: resolve(dirname(file), entry.systems), env },
    retention: entry.retention,
    webhooks: entry.webhooks.map(({ secretEnv, kinds = null, ...rest }) => ({
      ...rest,
      kinds,
      secret: secret(secretEnv),
    })),
    channelKey: entry.channelKeyEnv === undefined ? null : secret(entry.channelKeyEnv),
    leaveGraceMs: entry.leaveGraceMs,
    voice: entry.voice,
  }));
}

function read(file: string, wrong: (what: string) => never): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return wrong(error instanceof Error ? error.message : 'cannot be read.');
  }
}

function expand(value: unknown, env: NodeJS.ProcessEnv, wrong: (what: string) => never): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(
      /\$\{([A-Z0-9_]+)\}/g,
      (_, name: string) => env[name] ?? wrong(`the environment has no ${name}.`),
    );
  }
  if (Array.isArray(value)) return value.map((item) => expand(item, env, wrong));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, env, wrong)]));
}

function identityOf(
  entry: NonNullable<z.infer<typeof site>['identity']>,
  secret: (name: string) => string,
): NonNullable<Site['identity']> {
  if ('jwksUrl' in entry) return { jwksUrl: new URL(entry.jwksUrl), audience: entry.audience };
  return { hs256Secret: secret(entry.hs256SecretEnv), audience: entry.audience };
}

/** A webhook must not be a way to somebody's own machine, nor readable on the way. */
function isSafeTarget(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return (
    protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
  );
}
