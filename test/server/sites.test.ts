import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSites } from '../../server/sites.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'segue-sites-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function sites(yaml: string, env: NodeJS.ProcessEnv = {}) {
  const file = join(dir, 'site.yaml');
  writeFileSync(file, yaml);
  return readSites(file, env);
}

const SHOP = `
sites:
  - key: shop
    name: The Shop
    origins: ['\${SHOP_ORIGIN}/']
    identity: { hs256SecretEnv: SHOP_SECRET }
    playbooks: ./playbooks
    connector: { url: 'http://127.0.0.1:1/records', keyEnv: SHOP_KEY, overview: customer.overview }
`;

const withHook = (url: string) =>
  `${SHOP}    webhooks: [{ name: analytics, url: '${url}', secretEnv: SHOP_KEY }]\n`;

describe('the sites file', () => {
  test('of the documentation is one', () => {
    const [, yaml = ''] =
      /```yaml\n(.*?)```/s.exec(readFileSync(join(import.meta.dirname, '../../docs/sites.md'), 'utf8')) ?? [];
    const env = { SHOP_IDENTITY_SECRET: 's', SHOP_CHANNEL_KEY: 'k', SHOP_WEBHOOK_SECRET: 'w' };
    expect(sites(yaml, env)).toMatchObject([{ key: 'your-site', leaveGraceMs: 15_000, voice: 'slt' }]);
  });

  test('takes addresses and secrets from the environment', () => {
    const env = { SHOP_ORIGIN: 'https://shop.example', SHOP_SECRET: 's', SHOP_KEY: 'k' };
    expect(sites(SHOP, env)).toEqual([
      {
        key: 'shop',
        name: 'The Shop',
        origins: ['https://shop.example'],
        identity: { hs256Secret: 's', audience: 'segue' },
        playbooksDir: join(dir, 'playbooks'),
        connector: { url: 'http://127.0.0.1:1/records', key: 'k', overview: 'customer.overview' },
        systems: null,
        retention: {},
        webhooks: [],
        channelKey: null,
        leaveGraceMs: 15_000,
        voice: undefined,
      },
    ]);
  });

  test('takes the secret of a webhook from the environment, and tells it nothing personal', () => {
    const env = { SHOP_ORIGIN: 'https://shop.example', SHOP_SECRET: 's', SHOP_KEY: 'k' };
    for (const url of ['https://analytics.example/hook', 'http://127.0.0.1:9/hook', 'http://localhost/']) {
      expect(sites(withHook(url), env)[0]?.webhooks).toEqual([
        { name: 'analytics', url, secret: 'k', kinds: null, personal: false },
      ]);
    }
  });

  test('says which variable is missing', () => {
    expect(() => sites(SHOP, { SHOP_ORIGIN: 'https://shop.example', SHOP_KEY: 'k' })).toThrow(/SHOP_SECRET/);
    expect(() => sites(SHOP)).toThrow(/SHOP_ORIGIN/);
  });

  test.each([
    ['a word too much', SHOP.replace('playbooks:', 'playbook:'), /playbook/],
    ['no site', 'sites: []', /sites/],
    ['no YAML', 'sites: [', /site\.yaml/],
    ['a webhook without encryption', withHook('http://evil.example/hook'), /https, or http on this machine/],
    ['a retention that is no number of days', `${SHOP}    retention: { turn.caller: soon }\n`, /retention/],
    ['one key twice', `${SHOP}${SHOP.replace('\nsites:\n', '')}`, /twice/],
  ])('with %s is refused with the reason', (_, yaml, reason) => {
    const env = { SHOP_ORIGIN: 'https://shop.example', SHOP_SECRET: 's', SHOP_KEY: 'k' };
    expect(() => sites(yaml, env)).toThrow(reason);
  });

  test('that is not there is told', () => {
    expect(() => readSites(join(dir, 'none.yaml'), {})).toThrow(/none\.yaml/);
  });
});
