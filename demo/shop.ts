import type { AddressInfo } from 'node:net';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../shared/clock.ts';
import { Assistant } from './backend/assistant.ts';
import { OnceOnly } from './backend/onceOnly.ts';
import { serveRecords } from './backend/records.ts';
import { Store } from './store/store.ts';
import { serveAssets } from './web/assets.ts';
import { answerFailures } from './web/failures.ts';
import { serveAccount } from './web/routes/account.ts';
import { serveBackOffice } from './web/routes/backOffice.ts';
import { serveCart } from './web/routes/cart.ts';
import { serveCatalogue } from './web/routes/catalogue.ts';
import { serveChat } from './web/routes/chat.ts';
import { serveCheckout } from './web/routes/checkout.ts';
import { serveOrders } from './web/routes/orders.ts';
import { serveReturns } from './web/routes/returns.ts';
import { secure } from './web/security.ts';
import { Visitors } from './web/visitors.ts';

export type ShopOptions = {
  /** 0 takes any free one. */
  port: number;
  host: string;
  /** Where the Segue server is, e.g. `http://localhost:3000`. */
  segueOrigin: string;
  /** Signs the identity tokens (HS256); the Segue server knows the same secret. */
  identitySecret: string;
  /** Bearer key of the records that the assistant reads. */
  connectorKey: string;
  /** Hands messages in to the assistant. */
  channelKey: string;
  /** Reads the ledger. */
  adminKey: string;
  clock?: Clock;
  logger?: Logger;
};

export type Shop = { origin: string; close(): Promise<void> };

/** Lumen & Oak: a shop that uses Segue as a customer would. */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const { port, host, segueOrigin, identitySecret, connectorKey, clock = systemClock, logger } = options;
  const assistant = new Assistant(segueOrigin, { channel: options.channelKey, admin: options.adminKey });
  const app = Fastify({
    bodyLimit: 64 * 1024,
    forceCloseConnections: true,
    logController: new LogController({ disableRequestLogging: true }),
    ...(logger && { loggerInstance: logger as FastifyBaseLogger }),
  });
  const store = new Store(clock);
  const onceOnly = new OnceOnly();
  const visitors = new Visitors();
  const front = { app, store, visitors, segueOrigin };

  answerFailures(front);
  await secure(app, segueOrigin);
  await app.register(cookie);
  await app.register(formbody);
  await serveAssets(app);
  serveCatalogue(front);
  serveCart(front);
  serveCheckout(front);
  serveOrders(front);
  serveReturns(front);
  serveAccount(front, { secret: identitySecret, clock });
  serveChat(front, assistant);
  serveBackOffice(front, assistant, () => onceOnly.clear());
  serveRecords(app, { store, onceOnly, connectorKey });

  await app.listen({ port, host });
  const { port: bound } = app.server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return { origin: `http://${name}:${bound}`, close: () => app.close() };
}
