/** The shop alone, for work on its pages: `node demo/main.ts`, beside a Segue server or without one. */
import { randomBytes } from 'node:crypto';
import { startShop } from './shop.ts';

const { HOST = '127.0.0.1', PORT = '3000', SEGUE_ORIGIN = `http://localhost:${PORT}` } = process.env;
const secret = () => randomBytes(32).toString('base64url');

const shop = await startShop({
  port: Number(PORT) + 1,
  host: HOST,
  segueOrigin: SEGUE_ORIGIN,
  identitySecret: process.env.SEGUE_DEMO_IDENTITY_SECRET ?? secret(),
  connectorKey: process.env.SEGUE_DEMO_CONNECTOR_KEY ?? secret(),
  channelKey: process.env.SEGUE_DEMO_CHANNEL_KEY ?? secret(),
  adminKey: process.env.SEGUE_ADMIN_KEY ?? secret(),
});
console.log(`Lumen & Oak is open at ${shop.origin}`);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void shop.close());
