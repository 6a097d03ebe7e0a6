import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Namespace } from './namespace.ts';
import { Relay } from './relay.ts';

export type PathKind = 'direct' | 'relay' | 'interface';

export type Ports = { http: number; rtc: number };

/** HTTP and sockets go to the first server that takes them, as behind a balancer; each server has its own media. */
export type Relays = { http: Relay; media: readonly Relay[] };

/** The network between a visitor's browser and the server. */
export type Path = {
  readonly kind: PathKind;
  /** Where the server listens. */
  readonly serverHost: string;
  /** Where the visitor finds it. */
  readonly visitorHost: string;
  /** For the browser. */
  readonly browser: { args: string[]; executable: (chromium: string) => string };
  /** Where the server announces its media. */
  readonly announcedAddress: string | undefined;
  /** Called when the ports are known, before the server starts. */
  open(servers: readonly Ports[]): Promise<void>;
  cut(): void;
  restore(): void;
  /** Only of a `relay`: HTTP and sockets, and the media. */
  readonly relays: Relays | null;
  /** Only of an `interface`. */
  readonly namespace: Namespace | null;
  close(): Promise<void>;
};

const LOCAL = '127.0.0.1';
/** The whole of 127.0.0.0/8 is this machine: the same ports are free on another of its addresses. */
const RELAYED = '127.0.0.2';

const plainBrowser = { args: [], executable: (chromium: string) => chromium };

/** Nothing in between. */
export function directPath(): Path {
  return {
    kind: 'direct',
    serverHost: LOCAL,
    visitorHost: LOCAL,
    browser: plainBrowser,
    announcedAddress: undefined,
    open: async () => {},
    cut: () => {
      throw new Error('a direct path cannot be cut');
    },
    restore: () => {},
    relays: null,
    namespace: null,
    close: async () => {},
  };
}

/** Through a relay that loses what it is told to. */
export function relayPath(): Path {
  let relays: Relays | null = null;
  const each = (use: (relay: Relay) => void): void => {
    for (const relay of relays ? [relays.http, ...relays.media] : []) use(relay);
  };
  return {
    kind: 'relay',
    serverHost: LOCAL,
    visitorHost: RELAYED,
    browser: plainBrowser,
    announcedAddress: RELAYED,
    async open(servers) {
      const behind = servers.map(({ http }) => ({ host: LOCAL, port: http }));
      const port = behind[0]?.port ?? 0;
      const [http, ...media] = await Promise.all([
        Relay.open({ listen: { host: RELAYED, port }, targets: behind }),
        ...servers.map(({ rtc }) =>
          Relay.open({
            listen: { host: RELAYED, port: rtc },
            targets: [{ host: LOCAL, port: rtc }],
            udp: true,
          }),
        ),
      ]);
      relays = { http, media };
    },
    cut: () => each((relay) => relay.cut()),
    restore: () => each((relay) => relay.restore()),
    get relays() {
      return relays;
    },
    namespace: null,
    async close() {
      await Promise.all([relays?.http.close(), ...(relays?.media ?? []).map((relay) => relay.close())]);
    },
  };
}

/** Through a network card of the visitor's own, in a namespace. Throws where there are none. */
export function interfacePath(): Path {
  const namespace = Namespace.open();
  const folder = mkdtempSync(join(tmpdir(), 'segue-fault-'));
  const onExit = () => namespace.close();
  process.once('exit', onExit);
  const origins: string[] = [];
  return {
    kind: 'interface',
    serverHost: namespace.here,
    visitorHost: namespace.here,
    browser: {
      // A page that is not of this machine gets a microphone over HTTPS only.
      get args() {
        return [`--unsafely-treat-insecure-origin-as-secure=${origins.join(',')}`];
      },
      executable(chromium) {
        const file = join(folder, 'chromium');
        writeFileSync(file, `#!/bin/sh\nexec ${[...namespace.prefix, chromium].join(' ')} "$@"\n`);
        chmodSync(file, 0o755);
        return file;
      },
    },
    announcedAddress: undefined,
    async open(servers) {
      for (const { http } of servers) {
        origins.push(`http://${namespace.here}:${http}`, `http://${namespace.here}:${http + 1}`);
      }
    },
    cut: () => namespace.down(),
    restore: () => namespace.up(),
    relays: null,
    namespace,
    async close() {
      process.removeListener('exit', onExit);
      namespace.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
