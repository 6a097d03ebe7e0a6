import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../database/freePort.ts';
import { findCoturn } from './findCoturn.ts';

const START_LIMIT_MS = 10_000;
const RELAY_PORTS = 40;
/** A relay of the visitor's path has another address of it than the server. */
const THIS_MACHINE = '127.0.0.0-127.255.255.255';

/** What is shipped to operators. */
const CONFIGURATION = join(import.meta.dirname, '..', '..', 'deploy', 'turnserver.conf');

/** A coturn of a scenario's own on this machine: it relays to this machine, as the shipped one does to media servers. */
export type TurnServer = {
  url: string;
  port: number;
  secret: string;
  /** Where what it relays comes from. */
  ports: { fromPort: number; toPort: number };
  close(): Promise<void>;
};

export const turnMissing = (): string | null =>
  findCoturn() ? null : 'coturn is not installed (npm run setup installs it)';

export async function openTurnServer(): Promise<TurnServer> {
  const program = findCoturn();
  if (!program) throw new Error('coturn is not installed');
  const port = await freePort();
  const fromPort = 49_200 + (process.pid % 300) * RELAY_PORTS;
  const ports = { fromPort, toPort: fromPort + RELAY_PORTS - 1 };
  const secret = 'the secret of this TURN server';
  const child: ChildProcess = spawn(
    program,
    [
      ...['-c', CONFIGURATION, '--pidfile', ''],
      ...['--static-auth-secret', secret, '--realm', 'segue.test'],
      ...['--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1'],
      ...['--listening-port', String(port)],
      ...['--min-port', String(ports.fromPort), '--max-port', String(ports.toPort)],
      ...['--allowed-peer-ip', THIS_MACHINE, '--allow-loopback-peers', '--cli-password', secret],
    ],
    { stdio: 'ignore' },
  );
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.removeListener('exit', end));
  await untilListening(port, START_LIMIT_MS);
  return {
    url: `turn:127.0.0.1:${port}`,
    port,
    secret,
    ports,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      end();
      await exited;
    },
  };
}

async function untilListening(port: number, limitMs: number): Promise<void> {
  const untilMs = performance.now() + limitMs;
  while (!(await takesConnections(port))) {
    if (performance.now() > untilMs) throw new Error(`nothing listens on port ${port}`);
    await pause(50);
  }
}

function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).then((taken) => {
    socket.destroy();
    return taken as boolean;
  });
}
