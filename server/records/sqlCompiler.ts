import type { SourcePath } from '../yaml/sourceFile.ts';
import type { SqlOperation, SqlSettings } from './plan.ts';
import { compileStatement } from './sqlStatement.ts';
import type { Surroundings } from './surroundings.ts';
import type { SqlSource } from './systemsSource.ts';

export function sqlSettings(around: Surroundings, path: SourcePath, source: SqlSource): SqlSettings {
  const url = around.secret([...path, 'urlEnv'], source.urlEnv);
  if (url && !/^postgres(ql)?:\/\//.test(url)) {
    around.file.report([...path, 'urlEnv'], `${source.urlEnv} is no postgres:// address`);
  }
  return {
    url,
    pool: source.pool,
    timeoutMs: source.timeout,
    actionsTable: source.actionsTable,
    operations: new Map(
      Object.entries(source.operations).flatMap(([name, operation]) => {
        const compiled = compileOperation(around, [...path, 'operations', name], operation);
        return compiled ? [[name, compiled] as const] : [];
      }),
    ),
  };
}

function compileOperation(
  { file }: Surroundings,
  path: SourcePath,
  source: SqlSource['operations'][string],
): SqlOperation | null {
  const { query, change, one, many, none } = source;
  const sql = query ?? change;
  if (sql === undefined || (query !== undefined && change !== undefined)) {
    file.report(path, 'expected one of: query (reads), change (writes)');
    return null;
  }
  if (one !== undefined && many !== undefined) file.report(path, 'expected one of: one, many');
  if (many !== undefined && none !== undefined) {
    file.report([...path, 'none'], '`none` is for `one`: a list may be empty');
  }
  const key = query === undefined ? 'change' : 'query';
  try {
    const { text, params } = compileStatement(sql);
    return {
      kind: query === undefined ? 'write' : 'read',
      text,
      params,
      rows: many === undefined ? { type: 'row', name: one ?? null } : { type: 'list', name: many },
      none: none ?? null,
      refused: new Map(Object.entries(source.refused)),
    };
  } catch (error) {
    file.report([...path, key], `the statement ${error instanceof Error ? error.message : 'is not valid'}`);
    return null;
  }
}
