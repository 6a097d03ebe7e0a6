import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  LogController,
  type RawServerDefault,
} from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { type ErrorCode, SegueError } from '../../shared/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { Origins } from './origins.ts';

export type EdgeServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse<IncomingMessage>,
  Log,
  ZodTypeProvider
>;

/** Room for the largest context and identity, and no more. */
const BODY_LIMIT = 64 * 1024;

const BEARER = { type: 'http', scheme: 'bearer' } as const;

const FASTIFY_CODES: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'BAD_REQUEST',
  FST_ERR_VALIDATION: 'BAD_REQUEST',
};

/** The HTTP server with its guards; routes are added by their own files. */
export async function createHttp(parts: {
  log: Log;
  origins: Origins;
  trustProxy: boolean;
  version: string;
}): Promise<EdgeServer> {
  const http: EdgeServer = fastify({
    // The framework's own chatter is of no use to an operator; its troubles are.
    loggerInstance: parts.log.child({}, { level: parts.log.level === 'silent' ? 'silent' : 'warn' }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    trustProxy: parts.trustProxy,
    forceCloseConnections: true,
    requestTimeout: 15_000,
  }).withTypeProvider<ZodTypeProvider>() as unknown as EdgeServer;
  http.setValidatorCompiler(validatorCompiler);
  http.setSerializerCompiler(serializerCompiler);

  http.setErrorHandler((thrown: FastifyError | SegueError, request, reply) => {
    const error = catalogued(thrown);
    if (error.status >= 500)
      request.log.error({ err: thrown, route: request.routeOptions.url }, error.message);
    return reply.code(error.status).send({ error: error.toWire() });
  });
  http.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: new SegueError('NOT_FOUND').toWire() }),
  );

  await http.register(helmet, { crossOriginResourcePolicy: { policy: 'cross-origin' } });
  await http.register(rateLimit, {
    max: 300,
    timeWindow: '1 minute',
    errorResponseBuilder: () => new SegueError('RATE_LIMITED'),
  });
  await http.register(cors, {
    origin: (origin, allow) => allow(null, parts.origins.allowsSomewhere(origin) && origin !== undefined),
    methods: ['GET', 'POST'],
    maxAge: 600,
  });
  await http.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Segue', version: parts.version },
      components: {
        securitySchemes: { adminKey: BEARER, sessionToken: BEARER, channelKey: BEARER },
      },
    },
    transform: jsonSchemaTransform,
  });
  http.get('/openapi.json', { schema: { hide: true }, config: { rateLimit: false } }, async () =>
    http.swagger(),
  );
  return http;
}

function catalogued(thrown: FastifyError | SegueError): SegueError {
  if (thrown instanceof SegueError) return thrown;
  const code = FASTIFY_CODES[thrown.code ?? ''];
  if (code) return new SegueError(code, thrown.validation ? thrown.message : undefined);
  if (thrown.statusCode === 429) return new SegueError('RATE_LIMITED');
  if (thrown.statusCode !== undefined && thrown.statusCode >= 400 && thrown.statusCode < 500) {
    return new SegueError('BAD_REQUEST');
  }
  return SegueError.from(thrown);
}
