import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const DEMO = join(import.meta.dirname, '..', '..', 'demo');

type SitesFile = { sites: { playbooks: string; systems: string }[] };
type SystemsFile = { connectors: Record<string, { url: string; timeout?: string }> };

/** The demo's site with its records behind another address, in a folder of its own. */
export type ProxiedDemo = {
  /** For `SEGUE_SITES`. */
  sitesFile: string;
  close(): Promise<void>;
};

/** `timeout`: how long the server waits for an answer, so that a slow one is late rather than an outage. */
export async function proxyDemo(
  recordsOrigin: string,
  { timeout }: { timeout: string },
): Promise<ProxiedDemo> {
  const sites = parse(await readFile(join(DEMO, 'site.yaml'), 'utf8')) as SitesFile;
  const systems = parse(await readFile(join(DEMO, 'systems.yaml'), 'utf8')) as SystemsFile;
  for (const site of sites.sites) site.playbooks = join(DEMO, site.playbooks);
  for (const connector of Object.values(systems.connectors)) {
    connector.url = `${recordsOrigin}${pathOf(connector.url)}`;
    connector.timeout = timeout;
  }
  const folder = await mkdtemp(join(tmpdir(), 'segue-bench-'));
  const sitesFile = join(folder, 'site.yaml');
  await writeFile(sitesFile, stringify(sites));
  await writeFile(join(folder, 'systems.yaml'), stringify(systems));
  return { sitesFile, close: () => rm(folder, { recursive: true, force: true }) };
}

/** What follows the origin, which comes from the environment. */
function pathOf(url: string): string {
  return url.replace(/^\$\{[A-Z0-9_]+\}/, '');
}
