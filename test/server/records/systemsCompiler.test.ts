import { describe, expect, test } from 'vitest';
import { compileSystems } from '../../../server/records/systemsCompiler.ts';
import type { SegueError } from '../../../shared/errors.ts';

const ENV = { CRM_KEY: 'k', DB_URL: 'postgres://db/shop', HOOK: 's' };

const SYSTEMS = `connectors:
  crm:
    kind: rest
    url: https://crm.example/api
    auth: { bearerEnv: CRM_KEY }
    operations:
      customer.overview:
        get: /customers/{subject.customerId}
        keep: { fresh: 10s, stale: 2m, expired: 1d }
        prewarm: customer
      tickets.create:
        post: /tickets
        body: { text: '{text}' }
        defer: true
        invalidates: [customer.overview]
  orders:
    kind: sql
    urlEnv: DB_URL
    operations:
      orders.find:
        query: select number, status from orders where number = :number
        one: order
        none: not_found
rehydrate:
  - { operation: customer.overview, deadline: 250ms }
webhook: { secretEnv: HOOK }
`;

function problems(text: string, env: NodeJS.ProcessEnv = ENV): string {
  try {
    compileSystems({ name: 'systems.yaml', text }, env);
    return '';
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    return (error as SegueError).detail ?? '';
  }
}

describe('a systems file', () => {
  test('becomes a plan', () => {
    const plan = compileSystems({ name: 'systems.yaml', text: SYSTEMS }, ENV);
    expect(plan.rehydrate).toEqual([{ operation: 'customer.overview', deadlineMs: 250 }]);
    expect(plan.webhookSecret).toBe('s');
    expect(plan.connectors.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['crm rest', 'orders sql']);
    const rules = plan.connectors[0]?.operations;
    expect(rules?.get('customer.overview')).toMatchObject({
      kind: 'read',
      keep: { freshMs: 10_000, staleMs: 120_000, expiredMs: 86_400_000 },
    });
    expect(rules?.get('tickets.create')).toMatchObject({ kind: 'write', defer: true });
  });

  test.each([
    [
      'a misspelt key',
      'keep: { fresh: 10s,',
      'keep: { fersh: 10s,',
      /systems\.yaml:9:17 unknown key `fersh` \(did you mean `fresh`\?\)/,
    ],
    ['a time span that is none', 'fresh: 10s', 'fresh: soon', /systems\.yaml:9:24 .*is no time span/],
    ['ages in the wrong order', 'stale: 2m', 'stale: 2s', /`stale` comes before `fresh` ends/],
    [
      'an unknown kind',
      'kind: sql',
      'kind: oracle',
      /:17:11 `kind` is not known \(expected one of: http, rest, sql\)/,
    ],
    ['a secret that is not there', 'CRM_KEY', 'CRM_KYE', /:5:24 the environment has no CRM_KYE/],
    [
      'an address that is none',
      'https://crm.example/api',
      'ftp://crm.example',
      /:4:10 is no http or https address/,
    ],
    ['an address with a key in it', 'crm.example/api', 'crm.example/api?key=1', /more than origin and path/],
    ['a path to elsewhere', 'get: /customers', 'get: //evil.example', /is no path/],
    ['two methods', 'post: /tickets', 'post: /tickets\n        put: /tickets', /has post and put/],
    ['a look-up that is deferred', 'prewarm: customer', 'defer: true', /`defer` is for actions/],
    ['an action that is kept', 'defer: true', 'keep: { fresh: 1s }', /`keep` is for look-ups/],
    [
      'a deferred action without keys',
      '    auth: {',
      '    idempotencyHeader: false\n    auth: {',
      /might be done twice/,
    ],
    [
      'an unknown look-up',
      'invalidates: [customer.overview]',
      'invalidates: [customer.overwiev]',
      /no look-up is called `customer\.overwiev` \(did you mean `customer\.overview`\?\)/,
    ],
    [
      'an unknown overview',
      'operation: customer.overview',
      'operation: customer.view',
      /:25:18 no look-up is called/,
    ],
    ['one operation twice', 'orders.find:', 'customer.overview:', /`customer\.overview` is in `crm` already/],
    [
      'two statements',
      'where number = :number',
      'where number = :number; delete from orders',
      /:21:16 the statement is more than one statement/,
    ],
    ['a JSONPath that is none', 'prewarm: customer', "answer: { a: '$.[' }", /is no JSONPath/],
    ['no YAML', 'connectors:', 'connectors: [', /expected valid YAML/],
  ])('with %s is refused, with the place and what is expected', (_, from, to, expected) => {
    expect(SYSTEMS).toContain(from);
    expect(problems(SYSTEMS.replace(from, to))).toMatch(expected);
  });

  test('tells all that is wrong at once', () => {
    const text = SYSTEMS.replace('10s', 'soon').replace('kind: sql', 'kind: x').replace('HOOK', 'NONE');
    expect(problems(text)).toMatch(/^3 problems:/);
  });
});
