import { Client } from 'pg';
import { SqlConnector } from '../../server/records/engines/sql.ts';
import type { SqlSettings } from '../../server/records/plan.ts';
import { compileSystems } from '../../server/records/systemsCompiler.ts';

const TABLES = `
  create table orders (
    number text primary key, customer_id text, status text not null, "placedOn" date not null, total numeric not null,
    items bigint not null default 2,
    constraint not_after_dispatch check (status <> 'nowhere'));
  insert into orders values
    ('10427', 'cus_jane', 'delivered', '2026-07-01', 129.90), ('10498', 'cus_jane', 'dispatched', '2026-07-10', 59),
    ('10512', 'cus_jane', 'processing', '2026-07-12', 20.5), ('20001', 'cus_sam', 'processing', '2026-07-12', 1);
`;

/** How the SQL connector is told of the tables above. */
const SYSTEMS = `
connectors:
  shop:
    kind: sql
    urlEnv: SQL_SHOP_URL
    timeout: 2s
    operations:
      orders.find:
        query: |
          select number, status, case when customer_id = :subject.customerId then "placedOn" end as "placedOn",
            case when customer_id = :subject.customerId then total end as total, items
          from orders where number = :number -- ; :nothing
        one: order
        none: not_found
      orders.public:
        query: select number, status, 'Monday' as "estimatedDelivery" from orders where number = :number
        one: order
        none: not_found
      orders.list: { query: 'select number from orders where customer_id = :subject.customerId order by 1', many: orders }
      orders.cancel:
        change: |
          update orders set status = 'cancelled'
          where number = :number and customer_id = :subject.customerId and status = 'processing'
          returning number, status
        one: order
        none: already_dispatched
      orders.count:
        change: "update orders set items = items + 1 where number = :number returning items"
      orders.send:
        change: "update orders set status = :status where number = :number returning number"
        refused: { not_after_dispatch: not_possible }
      orders.slow: { query: select pg_sleep(20)::text as slept }
      orders.slowly: { change: 'with slept as (select pg_sleep(0.2)) update orders set items = items + 1 from slept where number = :number returning items' }
      orders.sneak: { query: 'with gone as (delete from orders returning 1) select count(*) from gone' }
      orders.break: { query: select 1 / 0 as broken }
      orders.echo: { query: 'select :text::text as text, :data::jsonb as data, :none::text as none' }
      orders.many: { query: 'select n from generate_series(1, 1000) n', many: numbers }
      orders.large: { query: "select repeat('x', 10000000) as x" }
      shop.hours: { query: "select '{\\"monday\\": [9, 17]}'::jsonb as hours" }
`;

export type SqlShop = {
  connector: SqlConnector;
  sql(text: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
};

/** Orders in a fresh database, and the connector to them. */
export async function openSqlShop(url: string): Promise<SqlShop> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(TABLES);
  const [plan] = compileSystems({ name: 'systems.yaml', text: SYSTEMS }, { SQL_SHOP_URL: url }).connectors;
  const connector = new SqlConnector({ name: 'shop', settings: plan?.settings as SqlSettings });
  return {
    connector,
    sql: async (text) => (await client.query(text)).rows as Record<string, unknown>[],
    async close() {
      await connector.close();
      await client.end();
    },
  };
}
