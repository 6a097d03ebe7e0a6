import { describe, expect, test } from 'vitest';
import { compileStatement } from '../../../server/records/sqlStatement.ts';

describe('a statement', () => {
  test('gets numbered parameters, one for a name', () => {
    expect(
      compileStatement('select * from orders where id = :id and (owner = :subject.customerId or :id = 1);'),
    ).toEqual({
      text: 'select * from orders where id = $1 and (owner = $2 or $1 = 1)',
      params: ['id', 'subject.customerId'],
    });
  });

  test.each([
    ["select ':id'", []],
    ["select 'it''s :id'", []],
    ["select E'\\':id'", []],
    ['select ":id"', []],
    ['select 1 -- :id', []],
    ['select /* :id ; */ 1', []],
    ['select $$ :id ; $$', []],
    ['select $a$ :id $$ $a$', []],
    ['select now()::date', []],
    ['select :id::int', ['id']],
    ['select a[1:2]', []],
  ])('leaves alone what is no parameter in %j', (sql, params) => {
    expect(compileStatement(sql).params).toEqual(params);
  });

  test.each([
    ['two statements', 'select 1; drop table orders', /more than one/],
    ['an open quote', "select 'a", /quote/],
    ['numbered parameters', 'select $1', /numbered/],
    ['nothing', ' ; ', /empty/],
  ])('does not take %s', (_, sql, reason) => {
    expect(() => compileStatement(sql)).toThrow(reason);
  });
});
