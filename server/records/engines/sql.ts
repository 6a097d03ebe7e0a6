import { createHash } from 'node:crypto';
import { Pool, type PoolClient, types } from 'pg';
import { SegueError } from '../../../shared/errors.ts';
import type { Json, JsonObject } from '../../../shared/json.ts';
import { BadAnswer } from '../badAnswer.ts';
import type { Connector, ConnectorRequest } from '../connector.ts';
import type { SqlOperation, SqlSettings } from '../plan.ts';
import { lookUp } from '../template.ts';

const MAX_ROWS = 200;
const LARGEST_CHARACTERS = 256 * 1024;
/** Duplicate table, or its entry in a catalogue. */
const MADE_MEANWHILE = ['42P07', '23505'];
const SERIALIZATION = ['40001', '40P01'];

/**
 * A PostgreSQL database as the operator's file describes it: parameterised statements, reads in read-only
 * transactions, writes in one transaction with the memory of their idempotency key, each bounded in time.
 */
export class SqlConnector implements Connector {
  readonly name: string;
  readonly #settings: SqlSettings;
  readonly #pool: Pool;
  #closing: Promise<void> | null = null;
  #table: Promise<void> | null = null;

  constructor({ name, settings }: { name: string; settings: SqlSettings }) {
    this.name = name;
    this.#settings = settings;
    this.#pool = new Pool({
      connectionString: settings.url,
      max: settings.pool,
      connectionTimeoutMillis: settings.timeoutMs,
      idleTimeoutMillis: 30_000,
      allowExitOnIdle: true,
      application_name: 'segue',
      // The server gives up a little later than the statement does, also when the network has gone silent.
      query_timeout: settings.timeoutMs + 1_000,
      types: { getTypeParser },
    });
    // A connection that breaks while it is idle is replaced at the next request.
    this.#pool.on('error', () => {});
  }

  async call(request: ConnectorRequest): Promise<JsonObject> {
    const operation = this.#settings.operations.get(request.operation);
    if (!operation) throw new BadAnswer('there is no such operation');
    if (this.#closing) throw new SegueError('CONNECTOR_FAILED', 'the connector is closed');
    const values = operation.params.map((name) => parameter(lookUp(name, request)));
    if (operation.kind === 'write' && request.idempotencyKey !== undefined) await this.#tableMade();
    return this.#within(request, (client) =>
      operation.kind === 'read'
        ? read(client, operation, values)
        : this.#write(client, operation, values, request),
    );
  }

  async close(): Promise<void> {
    this.#closing ??= this.#pool.end();
    await this.#closing;
  }

  /** In a transaction with a limit; a caller who gives up takes the connection down with them. */
  async #within<Value>(
    { signal }: ConnectorRequest,
    work: (client: PoolClient) => Promise<Value>,
  ): Promise<Value> {
    if (signal?.aborted) throw new SegueError('CONNECTOR_FAILED', 'the request was given up');
    let client: PoolClient;
    try {
      client = await this.#pool.connect();
    } catch {
      throw new SegueError('CONNECTOR_FAILED', 'the database cannot be reached');
    }
    let broken: boolean | Error = false;
    // While it is checked out, a broken connection would be an error that nobody hears.
    const onError = () => {
      broken = true;
    };
    client.on('error', onError);
    const gaveUp = Promise.withResolvers<never>();
    const stop = () => gaveUp.reject(new SegueError('CONNECTOR_FAILED', 'the request was given up'));
    signal?.addEventListener('abort', stop, { once: true });
    const limit = `set local statement_timeout = ${this.#settings.timeoutMs}; set local lock_timeout = ${this.#settings.timeoutMs}`;
    try {
      return await Promise.race([client.query(`begin; ${limit}`).then(() => work(client)), gaveUp.promise]);
    } catch (error) {
      broken ||= signal?.aborted === true || !(await rolledBack(client));
      throw failureOf(error);
    } finally {
      signal?.removeEventListener('abort', stop);
      client.off('error', onError);
      client.release(broken);
    }
  }

  /** The change and the memory of it take effect together, or neither does. */
  async #write(
    client: PoolClient,
    operation: SqlOperation,
    values: unknown[],
    { operation: name, idempotencyKey }: ConnectorRequest,
  ): Promise<JsonObject> {
    if (idempotencyKey === undefined) {
      const answer = await run(client, operation, values);
      await client.query('commit');
      return answer;
    }
    const table = this.#settings.actionsTable;
    const inputs = createHash('sha256')
      .update(JSON.stringify([name, values]))
      .digest('hex');
    // A second attempt at the same time waits here for the first.
    const insert = `insert into ${table} (key, inputs) values ($1, $2) on conflict (key) do nothing`;
    const inserted = await client.query(insert, [idempotencyKey, inputs]);
    if (inserted.rowCount === 0) {
      const { rows } = await client.query(`select inputs, answer from ${table} where key = $1`, [
        idempotencyKey,
      ]);
      const [known] = rows as { inputs: string; answer: JsonObject | null }[];
      await client.query('commit');
      if (known?.inputs !== inputs) throw new BadAnswer('the idempotency key belongs to another request');
      return known.answer ?? {};
    }
    const answer = await run(client, operation, values);
    await client.query(`update ${table} set answer = $2 where key = $1`, [
      idempotencyKey,
      JSON.stringify(answer),
    ]);
    await client.query('commit');
    return answer;
  }

  #tableMade(): Promise<void> {
    this.#table ??= this.#makeTable().catch((error: unknown) => {
      this.#table = null;
      throw failureOf(error);
    });
    return this.#table;
  }

  /** Makes the table of actions where it is missing; two servers may do so at once. */
  async #makeTable(): Promise<void> {
    const table = this.#settings.actionsTable;
    const { rows } = await this.#pool.query('select to_regclass($1) is not null as there', [table]);
    if ((rows as { there: boolean }[])[0]?.there) return;
    try {
      await this.#pool.query(
        `create table if not exists ${table}
         (key text primary key, inputs text not null, answer jsonb, done_at timestamptz not null default now())`,
      );
    } catch (error) {
      if (!MADE_MEANWHILE.includes(codeOf(error))) throw error;
    }
  }
}

async function read(client: PoolClient, operation: SqlOperation, values: unknown[]): Promise<JsonObject> {
  await client.query('set transaction read only');
  const bounded = {
    ...operation,
    text: `select * from (${operation.text}\n) as answer limit ${MAX_ROWS + 1}`,
  };
  const answer = await run(client, bounded, values);
  await client.query('commit');
  return answer;
}

async function run(client: PoolClient, operation: SqlOperation, values: unknown[]): Promise<JsonObject> {
  let rows: JsonObject[];
  try {
    rows = (await client.query(operation.text, values)).rows as JsonObject[];
  } catch (error) {
    throw refusalOf(operation, error) ?? error;
  }
  if (rows.length > MAX_ROWS) throw new BadAnswer(`the answer has more than ${MAX_ROWS} rows`);
  const text = JSON.stringify(rows);
  if (text.length > LARGEST_CHARACTERS) throw new BadAnswer('the answer is too large');
  // Through JSON, so that nothing but plain data leaves here.
  const plain = JSON.parse(text) as JsonObject[];
  if (operation.rows.type === 'list') return { [operation.rows.name]: plain };
  const [row] = plain;
  if (!row) {
    if (operation.none !== null) throw new SegueError('CONNECTOR_REFUSED', operation.none);
    return {};
  }
  return operation.rows.name === null ? row : { [operation.rows.name]: row };
}

/** What a statement gets for a value: plain ones as they are, others as JSON. */
function parameter(value: Json | undefined): unknown {
  if (value === undefined) return null;
  if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())) {
    throw new BadAnswer('the request does not fit its statement: broken text');
  }
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

/** The database's "no": a constraint, or an SQLSTATE that the operator raises. */
function refusalOf({ refused }: SqlOperation, error: unknown): SegueError | null {
  const constraint = (error as { constraint?: string }).constraint ?? '';
  const reason = refused.get(constraint) ?? refused.get(codeOf(error));
  return reason === undefined ? null : new SegueError('CONNECTOR_REFUSED', reason);
}

/** The database's own words may quote somebody's data: only its code is passed on. */
function failureOf(error: unknown): SegueError {
  if (error instanceof SegueError) return error;
  const code = codeOf(error);
  // Class 22 and 42: values and statements that do not fit; 23: a constraint that is no refusal.
  if (/^(22|23|42)/.test(code)) return new BadAnswer(`SQLSTATE ${code}`);
  if (SERIALIZATION.includes(code)) return new SegueError('CONNECTOR_FAILED', 'the database is busy');
  return new SegueError('CONNECTOR_FAILED', code ? `SQLSTATE ${code}` : 'no answer in time');
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : '';
}

async function rolledBack(client: PoolClient): Promise<boolean> {
  return client.query('rollback').then(
    () => true,
    () => false,
  );
}

const DATE = 1082;
const BIG_INTEGER = 20;
const NUMERIC = 1700;

/** Days stay days and numbers become numbers; the rest as the driver has it. */
const getTypeParser = ((oid: number, format?: 'text' | 'binary') => {
  if (oid === DATE) return (text: string) => text;
  if (oid === BIG_INTEGER || oid === NUMERIC) return numberOrText;
  return types.getTypeParser(oid, format as 'text');
}) as typeof types.getTypeParser;

function numberOrText(text: string): number | string {
  const value = Number(text);
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)) ? value : text;
}
