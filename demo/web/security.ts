import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** Form posts come from the shop's own pages, and pages run nothing but the shop's modules and Segue's. */
export async function secure(app: FastifyInstance, segueOrigin: string): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", segueOrigin],
        connectSrc: ["'self'", segueOrigin, segueOrigin.replace(/^http/, 'ws')],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    strictTransportSecurity: false,
  });

  app.addHook('preHandler', async (request, reply) => {
    const { origin, host } = request.headers;
    if (request.method === 'GET' || origin === undefined) return;
    if (URL.parse(origin)?.host !== host) await reply.code(403).send({ reason: 'foreign_origin' });
  });
}
