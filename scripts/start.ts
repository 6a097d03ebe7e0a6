import { randomBytes } from 'node:crypto';
import { startShop } from '../demo/shop.ts';
import { startApp } from '../server/app.ts';
import { readConfig } from '../server/config.ts';
import { runUntilStopped } from '../server/lifecycle.ts';
import { readSites } from '../server/sites.ts';
import { SegueError } from '../shared/errors.ts';

const print = (line: string): void => console.log(line);

/** What the demo's two halves must both know; made at each start where the environment does not say. */
function demoEnvironment(env: NodeJS.ProcessEnv, origin: string, port: number): NodeJS.ProcessEnv {
  const secret = (): string => randomBytes(32).toString('base64url');
  return {
    SEGUE_DEMO_ORIGIN: origin,
    SEGUE_DEMO_PORT: String(port),
    SEGUE_DEMO_IDENTITY_SECRET: secret(),
    SEGUE_DEMO_CONNECTOR_KEY: secret(),
    SEGUE_DEMO_CHANNEL_KEY: secret(),
    ...env,
  };
}

/** Where a browser on this machine finds what listens on `host`. */
function originOf(host: string, port: number): string {
  const name = isWildcard(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';

// Under `npm run dev` threads would report their imports among their answers; whole folders are watched already.
delete process.env.WATCH_REPORT_DEPENDENCIES;

/** `npm start`: the server, and beside it, on an origin of its own, the demo shop. */
await runUntilStopped(async () => {
  const config = readConfig(process.env);
  const port = config.port + 1;
  const env = demoEnvironment(process.env, originOf(config.host, port), port);
  const app = await startApp(config, readSites(config.sitesFile, env));
  try {
    const shop = await startShop({
      port,
      host: config.host,
      segueOrigin: originOf(config.host, config.port),
      identitySecret: env.SEGUE_DEMO_IDENTITY_SECRET as string,
      connectorKey: env.SEGUE_DEMO_CONNECTOR_KEY as string,
      channelKey: env.SEGUE_DEMO_CHANNEL_KEY as string,
      adminKey: config.adminKey.value,
    });
    for (const [name, { ok, detail }] of Object.entries(app.readiness.parts)) {
      if (!ok) print(`  without ${name}: ${detail}`);
    }
    print(`\n  Segue server   ${originOf(config.host, config.port)}`);
    print(`  Demo shop      ${originOf(config.host, port)}`);
    if (config.adminKey.generated) print(`  Admin key      ${config.adminKey.value}  (SEGUE_ADMIN_KEY)`);
    print('\n  Open the demo shop and click "Talk to support". Ctrl-C stops both.\n');
    return {
      drain: () => app.drain(),
      async close() {
        await shop.close();
        await app.close();
      },
    };
  } catch (error) {
    await app.close();
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new SegueError('PORT_IN_USE', `Port ${port} (PORT + 1) is for the demo shop.`);
    }
    throw error;
  }
}, print);
