import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { type Shop, startShop } from '../../demo/shop.ts';
import { freePortPair } from '../bench/freePorts.ts';
import { findChromium } from '../setup/browser.ts';
import { directPath, type Path } from './path.ts';
import { ServerProcess } from './serverProcess.ts';
import { Visitor } from './visitor.ts';

const QUIET = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  // A tab in the background keeps its timers: a second tab must not slow the first one down.
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

export type StageOptions = {
  path?: Path;
  /** More than one server: they share what `env` tells them to. */
  servers?: number;
  env?: NodeJS.ProcessEnv;
  /** Node's flags for the server. */
  flags?: readonly string[];
  /** Default: a temporary folder. */
  dataDir?: string;
};

/**
 * The product as a customer runs it: the shop, with pages of its own origin and a strict policy, and one or two
 * servers, each a process. The shop is no part of what breaks, so that it runs here.
 */
export class FaultStage {
  readonly path: Path;
  readonly servers: readonly ServerProcess[];
  readonly dataDir: string;
  readonly #shop: Shop;
  readonly #ownsData: boolean;
  #browser: Browser | null = null;
  readonly #visitors: Visitor[] = [];

  private constructor(parts: {
    path: Path;
    servers: ServerProcess[];
    shop: Shop;
    dataDir: string;
    ownsData: boolean;
  }) {
    this.path = parts.path;
    this.servers = parts.servers;
    this.dataDir = parts.dataDir;
    this.#shop = parts.shop;
    this.#ownsData = parts.ownsData;
  }

  static async open(options: StageOptions = {}): Promise<FaultStage> {
    const { path = directPath(), servers: count = 1, env = {}, flags } = options;
    const places: { http: number; rtc: number }[] = [];
    for (let index = 0; index < count; index += 1) {
      places.push({ http: await freePortPair(), rtc: await freePortPair() });
    }
    const [first] = places;
    if (!first) throw new Error('a stage needs a server');
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'segue-fault-'));
    const secret = () => randomBytes(32).toString('base64url');
    const adminKey = secret();
    const keys = { identity: secret(), connector: secret(), channel: secret() };
    const shopPort = first.http + 1;
    const visitorOrigin = `http://${path.visitorHost}:${first.http}`;
    await path.open(places);
    const shop = await startShop({
      port: shopPort,
      host: path.serverHost,
      segueOrigin: visitorOrigin,
      identitySecret: keys.identity,
      connectorKey: keys.connector,
      channelKey: keys.channel,
      adminKey,
    });
    const servers = places.map(
      ({ http, rtc }, index) =>
        new ServerProcess({
          host: path.serverHost,
          port: http,
          rtcPort: rtc,
          adminKey,
          ...(flags ? { flags } : {}),
          env: {
            SEGUE_DATA_DIR: count === 1 ? dataDir : join(dataDir, String(index)),
            SEGUE_DEMO_ORIGIN: shop.origin,
            SEGUE_DEMO_PORT: String(shopPort),
            SEGUE_DEMO_IDENTITY_SECRET: keys.identity,
            SEGUE_DEMO_CONNECTOR_KEY: keys.connector,
            SEGUE_DEMO_CHANNEL_KEY: keys.channel,
            ...(path.announcedAddress ? { SEGUE_ANNOUNCED_ADDRESS: path.announcedAddress } : {}),
            ...env,
          },
        }),
    );
    const ownsData = options.dataDir === undefined;
    const stage = new FaultStage({ path, servers, shop, dataDir, ownsData });
    try {
      await Promise.all(servers.map((server) => server.start()));
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  /** The first server. */
  get server(): ServerProcess {
    return this.servers[0] as ServerProcess;
  }

  get shop(): string {
    return this.#shop.origin;
  }

  /** Opens a page of the shop in a browser that it starts when first asked. */
  async visit(page = '/'): Promise<Visitor> {
    this.#browser ??= await this.#launch();
    const visitor = await Visitor.open(this.#browser, `${this.shop}${page}`);
    this.#visitors.push(visitor);
    return visitor;
  }

  async close(): Promise<void> {
    await Promise.all(this.#visitors.map((visitor) => visitor.close().catch(() => {})));
    await this.#browser?.close().catch(() => {});
    await Promise.all(
      this.servers.map((server) => {
        if (server.running) server.signal('SIGCONT');
        return server.end('SIGKILL');
      }),
    );
    await this.#shop.close();
    await this.path.close();
    if (this.#ownsData) rmSync(this.dataDir, { recursive: true, force: true });
  }

  async #launch(): Promise<Browser> {
    const program = findChromium();
    if (!program) throw new Error('there is no Chromium: npm run setup, or set SEGUE_CHROMIUM');
    const { args, executable } = this.path.browser;
    return chromium.launch({
      executablePath: executable(program),
      headless: true,
      args: [...QUIET, ...args],
    });
  }
}
