import { startApp } from './app.ts';
import { readConfig } from './config.ts';
import { runUntilStopped } from './lifecycle.ts';
import { readSites } from './sites.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** The server alone, as it runs in production. */
await runUntilStopped(async () => {
  const config = readConfig(process.env);
  const app = await startApp(config, readSites(config.sitesFile, process.env));
  print(`Segue listens on ${app.origin}`);
  for (const [name, { ok, detail }] of Object.entries(app.readiness.parts)) {
    if (!ok) print(`Without ${name}: ${detail}`);
  }
  if (config.adminKey.generated) print(`SEGUE_ADMIN_KEY=${config.adminKey.value}`);
  return app;
}, print);
