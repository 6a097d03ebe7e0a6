import type { Json } from '../../shared/json.ts';
import { checkShape } from '../yaml/shape.ts';
import type { SourcePath } from '../yaml/sourceFile.ts';
import type { OperationKind } from './connector.ts';
import type { Mapping } from './mapping.ts';
import type { Refusal, RestAuth, RestOperation, RestSettings } from './plan.ts';
import type { Surroundings } from './surroundings.ts';
import {
  type AuthSource,
  METHODS,
  mappingSource,
  type RestOperationSource,
  type RestSource,
} from './systemsSource.ts';

/** What changes nothing is a GET, or says so. */
export function restKind(source: RestOperationSource): OperationKind {
  return (source.reads ?? source.get !== undefined) ? 'read' : 'write';
}

export function restSettings(around: Surroundings, path: SourcePath, source: RestSource): RestSettings {
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(source.headers)) {
    headers[name] = around.expand([...path, 'headers', name], text);
  }
  return {
    url: around.url([...path, 'url'], source.url),
    auth: compileAuth(around, [...path, 'auth'], source.auth),
    headers,
    idempotencyHeader: source.idempotencyHeader === false ? null : source.idempotencyHeader,
    timeoutMs: source.timeout,
    retries: source.retries,
    maxBytes: source.maxBytes,
    operations: new Map(
      Object.entries(source.operations).flatMap(([name, operation]) => {
        const place = [...path, 'operations', name];
        const compiled = compileOperation(around, place, operation, [
          ...compileRefusals(around, [...place, 'refused'], operation.refused),
          ...compileRefusals(around, [...path, 'refused'], source.refused),
        ]);
        return compiled ? [[name, compiled] as const] : [];
      }),
    ),
  };
}

function compileOperation(
  around: Surroundings,
  path: SourcePath,
  source: RestOperationSource,
  refused: readonly Refusal[],
): RestOperation | null {
  const methods = METHODS.filter((method) => source[method] !== undefined);
  const [method] = methods;
  const template = method && source[method];
  if (methods.length !== 1 || method === undefined || template === undefined) {
    around.file.report(
      path,
      `has ${methods.join(' and ') || 'no method'} (expected one of: ${METHODS.join(', ')})`,
    );
    return null;
  }
  if (!/^\/[^?#\\]*$/.test(template) || template.startsWith('//')) {
    around.file.report(
      [...path, method],
      'is no path (expected e.g. /orders/{number}; put the query under `query`)',
    );
  }
  if (method === 'get' && source.body !== undefined)
    around.file.report([...path, 'body'], 'a get has no body');
  return {
    kind: restKind(source),
    method: method.toUpperCase(),
    path: template,
    query: source.query,
    body: (source.body as Json | undefined) ?? null,
    answer: source.answer ? compileFields(around, [...path, 'answer'], source.answer) : null,
    refused,
  };
}

function compileRefusals(around: Surroundings, path: SourcePath, sources: RestSource['refused']): Refusal[] {
  return sources.map(({ status, at, is, reason }, index) => ({
    status,
    at: at === undefined ? null : around.path([...path, index, 'at'], at),
    is: is ?? null,
    reason,
  }));
}

function compileFields(
  around: Surroundings,
  path: SourcePath,
  sources: Readonly<Record<string, unknown>>,
): Mapping & { type: 'object' } {
  const fields = new Map<string, Mapping>();
  for (const [name, source] of Object.entries(sources)) {
    const field = compileField(around, [...path, name], source);
    if (field) fields.set(name, field);
  }
  return { type: 'object', fields };
}

/** A JSONPath, a path with what is expected there, a list with the form of its items, or an object of such. */
function compileField(around: Surroundings, path: SourcePath, source: unknown): Mapping | null {
  const isObject = typeof source === 'object' && source !== null && !Array.isArray(source);
  if (isObject && !('at' in source) && !('each' in source)) {
    return compileFields(around, path, source as Record<string, unknown>);
  }
  const shape = checkShape(around.file, path, source, mappingSource);
  if (shape === null) return null;
  if (typeof shape === 'string') {
    const found = around.path(path, shape);
    return found && { type: 'value', path: found, is: null, optional: true };
  }
  if ('each' in shape) {
    const each = around.path([...path, 'each'], shape.each);
    const as = compileField(around, [...path, 'as'], shape.as);
    return each && as && { type: 'list', each, as, optional: true };
  }
  const found = around.path([...path, 'at'], shape.at);
  return found && { type: 'value', path: found, is: shape.is ?? null, optional: shape.optional };
}

function compileAuth(around: Surroundings, path: SourcePath, source: AuthSource | undefined): RestAuth {
  if (!source) return { type: 'none' };
  const ways = Object.keys(source);
  if (ways.length !== 1) {
    around.file.report(
      path,
      'has no single way (expected one of: bearerEnv, basic, header, clientCredentials)',
    );
  }
  const header = (value: string, name = 'authorization'): RestAuth => ({ type: 'header', name, value });
  if (source.bearerEnv) return header(`Bearer ${around.secret([...path, 'bearerEnv'], source.bearerEnv)}`);
  if (source.header) {
    const { name, valueEnv } = source.header;
    return header(around.secret([...path, 'header', 'valueEnv'], valueEnv), name);
  }
  if (source.basic) {
    const user = around.secret([...path, 'basic', 'userEnv'], source.basic.userEnv);
    const password = around.secret([...path, 'basic', 'passwordEnv'], source.basic.passwordEnv);
    return header(`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`);
  }
  if (!source.clientCredentials) return { type: 'none' };
  const place = [...path, 'clientCredentials'];
  const { tokenUrl, clientIdEnv, clientSecretEnv, scope, audience } = source.clientCredentials;
  return {
    type: 'clientCredentials',
    tokenUrl: around.url([...place, 'tokenUrl'], tokenUrl),
    clientId: around.secret([...place, 'clientIdEnv'], clientIdEnv),
    clientSecret: around.secret([...place, 'clientSecretEnv'], clientSecretEnv),
    scope: scope ?? null,
    audience: audience ?? null,
  };
}
