import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../shared/clock.ts';
import { OnceOnly } from './backend/onceOnly.ts';
import { serveRecords } from './backend/records.ts';
import { Store } from './store/store.ts';

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
  clock?: Clock;
  logger?: Logger;
};

export type Shop = { origin: string; close(): Promise<void> };

/** Lumen & Oak: a shop that uses Segue as a customer would. */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const { port, host, clock = systemClock } = options;
  const app = Fastify({ bodyLimit: 64 * 1024, forceCloseConnections: true });
  const store = new Store(clock);
  const onceOnly = new OnceOnly();
  serveRecords(app, { store, onceOnly, connectorKey: options.connectorKey });
  await app.listen({ port, host });
  const { port: bound } = app.server.address() as AddressInfo;
  return { origin: `http://${host}:${bound}`, close: () => app.close() };
}
