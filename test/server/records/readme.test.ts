import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compileSystems, readSystems } from '../../../server/records/systemsCompiler.ts';

const root = new URL('../../../', import.meta.url);

describe('systems files that people copy', () => {
  test('the example of the README is valid', () => {
    const readme = readFileSync(new URL('README.md', root), 'utf8');
    const text = /```yaml\n(connectors:[\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const env = {
      CRM_ID: 'id',
      CRM_SECRET: 'secret',
      WAREHOUSE_URL: 'postgres://db/warehouse',
      SHOP_KEY: 'key',
      SYSTEMS_WEBHOOK_SECRET: 'secret',
    };
    const plan = compileSystems({ name: 'README.md', text }, env);
    expect(plan.connectors.map(({ kind }) => kind)).toEqual(['rest', 'sql', 'http']);
  });

  test('the demo’s is valid', () => {
    const env = { SEGUE_DEMO_ORIGIN: 'http://127.0.0.1:1', SEGUE_DEMO_CONNECTOR_KEY: 'key' };
    const plan = readSystems(fileURLToPath(new URL('demo/systems.yaml', root)), env);
    expect(plan.rehydrate).toEqual([{ operation: 'customer.overview', deadlineMs: 300 }]);
  });
});
