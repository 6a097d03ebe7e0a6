import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../server/config.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FILE = join(ROOT, 'deploy', 'compose.yaml');

type Service = {
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  build?: { context: string };
  env_file?: string[];
  stop_grace_period?: string;
};

const text = readFileSync(FILE, 'utf8');
const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };
const servers = Object.entries(services).filter(([name]) => name.startsWith('segue-'));

/** As Compose fills it in. */
function environmentOf({ environment = {} }: Service): Record<string, string> {
  const values: Record<string, string> = { PUBLIC_ADDRESS: '203.0.113.10' };
  const filled = ([name, value]: [string, string]): [string, string] => [
    name,
    value.replace(
      /\$\{(\w+)[^}]*\}/g,
      (_, one: string) => values[one] ?? 'a value that is long enough for a secret',
    ),
  ];
  return Object.fromEntries(Object.entries(environment).map(filled));
}

describe('the compose file', () => {
  test('runs two servers, each with an environment that the server accepts', () => {
    expect(servers).toHaveLength(2);
    for (const [, service] of servers) {
      const config = readConfig(environmentOf(service));
      expect(config.redisUrl).toMatch(/^redis:/);
      expect(config.adminKey.generated).toBe(false);
      expect(config.rtc.turnUrls).toHaveLength(2);
    }
  });

  test('names no variable that nobody reads', () => {
    const source = readFileSync(join(ROOT, 'server', 'config.ts'), 'utf8');
    const names = servers.flatMap(([, { environment = {} }]) => Object.keys(environment));
    expect(names.filter((name) => !source.includes(`${name}:`))).toEqual([]);
  });

  test('opens the ports at which each server hears its callers, UDP and TCP', () => {
    for (const [, service] of servers) {
      const port = service.environment?.SEGUE_RTC_PORT;
      expect(service.ports).toEqual([`${port}:${port}/udp`, `${port}:${port}/tcp`]);
    }
  });

  test('gives a server more time to stop than its calls', () => {
    for (const [, service] of servers) {
      const graceMs = Number.parseInt(service.stop_grace_period ?? '0', 10) * 1_000;
      expect(graceMs).toBeGreaterThan(readConfig(environmentOf(service)).drainMs + 10_000);
    }
  });

  test('finds what it mounts and builds, and its example tells of every secret', () => {
    const mounted = Object.values(services).flatMap(({ volumes = [] }) => volumes);
    const own = mounted.flatMap((volume) => /^(\.\/[^:]+):/.exec(volume)?.[1] ?? []);
    for (const file of own) expect(existsSync(join(dirname(FILE), file)), file).toBe(true);
    expect(existsSync(join(dirname(FILE), '..', 'Dockerfile'))).toBe(true);
    const example = readFileSync(join(ROOT, 'deploy', 'example.env'), 'utf8');
    const wanted = new Set([...text.matchAll(/\$\{(\w+):\?\}/g)].map(([, name]) => name));
    for (const name of wanted) expect(example).toMatch(new RegExp(`^${name}=`, 'm'));
  });

  test('keeps its secrets out of the repository and of the image', () => {
    const ignored = (file: string) => readFileSync(join(ROOT, file), 'utf8').split('\n');
    expect(ignored('.dockerignore')).toContain('deploy');
    const secret = ['.env', ...servers.flatMap(([, { env_file = [] }]) => env_file)];
    for (const file of secret) expect(ignored('.gitignore')).toContain(`deploy/${file}`);
    expect(existsSync(join(ROOT, 'deploy', 'example.site.env'))).toBe(true);
  });
});
