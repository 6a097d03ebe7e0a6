import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { proxyDemo } from '../../../scripts/bench/proxiedDemo.ts';
import { readSystems } from '../../../server/records/systemsCompiler.ts';
import { readSites } from '../../../server/sites.ts';

const ENV = {
  SEGUE_DEMO_ORIGIN: 'http://127.0.0.1:3001',
  SEGUE_DEMO_PORT: '3001',
  SEGUE_DEMO_IDENTITY_SECRET: 'a secret',
  SEGUE_DEMO_CONNECTOR_KEY: 'a key',
  SEGUE_DEMO_CHANNEL_KEY: 'another',
};

test('the demo’s site stays as it is, but for the way to its records', async () => {
  const demo = await proxyDemo('http://127.0.0.1:9', { timeout: '10s' });
  const [site] = readSites(demo.sitesFile, ENV);
  const [original] = readSites('demo/site.yaml', ENV);
  const systems = site?.systems;
  if (!systems || !original?.systems) throw new Error('The site has lost its systems.');
  expect({ ...site, systems: null }).toEqual({ ...original, systems: null });
  const plan = readSystems(systems.file, systems.env);
  const originalPlan = readSystems(original.systems.file, ENV);
  expect(plan.rehydrate).toEqual(originalPlan.rehydrate);
  expect(plan.connectors).toEqual(
    originalPlan.connectors.map((connector) => ({
      ...connector,
      settings: { ...connector.settings, url: 'http://127.0.0.1:9/segue/records', timeoutMs: 10_000 },
    })),
  );
  await demo.close();
  expect(existsSync(demo.sitesFile)).toBe(false);
});
