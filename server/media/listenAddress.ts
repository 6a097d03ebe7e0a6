import { createSocket } from 'node:dgram';
import { createServer, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { SegueError } from '../../shared/errors.ts';

/** Where a worker listens and what it tells browsers. */
export type ListenAddress = { ip: string; announcedAddress: string | undefined };

export type LocalAddress = { address: string; internal: boolean };

const WILDCARDS = new Set(['0.0.0.0', '::']);
const HOST_NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/i;
const FREE_PORT_ATTEMPTS = 20;

export function localAddresses(): LocalAddress[] {
  return Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ address, internal }) => ({ address, internal })),
  );
}

/**
 * Checks the configured addresses before anything listens, because a wrong one would only show as silence in the
 * caller's ear. A wildcard without an announced address announces the first address that others can reach, else
 * loopback. Throws ADDRESS_UNAVAILABLE saying what to set.
 */
export function resolveListenAddress(
  listen: string,
  announcedAddress: string | undefined,
  local: readonly LocalAddress[] = localAddresses(),
): ListenAddress {
  const listenIp = listen === 'localhost' ? '127.0.0.1' : listen;
  const family = isIP(listenIp);
  if (family === 0)
    throw unavailable(
      `"${listenIp}" is not an IP address. Set HOST to an IP address of this machine, or to 0.0.0.0 for all.`,
    );
  const wildcard = WILDCARDS.has(listenIp);
  if (!wildcard && !isLoopback(listenIp) && !local.some(({ address }) => address === listenIp)) {
    const known = local.map(({ address }) => address).join(', ') || 'none';
    throw unavailable(
      `${listenIp} is not an address of this machine (it has ${known}). Set HOST to one of these or to 0.0.0.0, and SEGUE_ANNOUNCED_ADDRESS to the address that browsers reach.`,
    );
  }
  if (announcedAddress === undefined) {
    return { ip: listenIp, announcedAddress: wildcard ? reachable(family, local) : undefined };
  }
  checkAnnounced(announcedAddress, listenIp, family);
  return { ip: listenIp, announcedAddress };
}

/**
 * A port that is free for UDP and TCP at once: `port` itself, or any when it is 0. Throws PORT_IN_USE or
 * ADDRESS_UNAVAILABLE naming it.
 */
export async function claimPort(ip: string, port: number): Promise<number> {
  for (let attempt = 0; attempt < FREE_PORT_ATTEMPTS; attempt += 1) {
    const candidate = await tryTcp(ip, port);
    try {
      await tryUdp(ip, candidate);
      return candidate;
    } catch (error) {
      if (port !== 0) throw error;
    }
  }
  throw new SegueError('PORT_IN_USE', `No port of ${ip} is free for both UDP and TCP.`);
}

function checkAnnounced(announced: string, listenIp: string, family: number): void {
  const announcedFamily = isIP(announced);
  const named = `The announced address "${announced}"`;
  const advice = 'Set SEGUE_ANNOUNCED_ADDRESS to the IP address or host name that browsers reach.';
  if (announcedFamily === 0) {
    if (!HOST_NAME.test(announced))
      throw unavailable(`${named} is neither an IP address nor a host name. ${advice}`);
    return;
  }
  if (WILDCARDS.has(announced) || isMulticast(announced)) {
    throw unavailable(`${named} cannot be reached by anyone. ${advice}`);
  }
  if (announcedFamily !== family) {
    throw unavailable(
      `${named} is IPv${announcedFamily}, but the server listens on IPv${family} (${listenIp}). ${advice}`,
    );
  }
  if (isLoopback(listenIp) && !isLoopback(announced)) {
    throw unavailable(
      `${named} does not lead to ${listenIp}, which only this machine reaches. Set HOST=0.0.0.0.`,
    );
  }
  if (isLoopback(announced) && !isLoopback(listenIp) && !WILDCARDS.has(listenIp)) {
    throw unavailable(`${named} does not lead to ${listenIp}. ${advice}`);
  }
}

function reachable(family: number, local: readonly LocalAddress[]): string {
  const fits = local.filter(({ address }) => isIP(address) === family && !isLinkLocal(address));
  const outward = fits.find(({ internal }) => !internal);
  return outward?.address ?? (family === 6 ? '::1' : '127.0.0.1');
}

function isLoopback(ip: string): boolean {
  return ip === '::1' || (isIP(ip) === 4 && ip.startsWith('127.'));
}

function isLinkLocal(ip: string): boolean {
  return ip.toLowerCase().startsWith('fe80:') || ip.startsWith('169.254.');
}

function isMulticast(ip: string): boolean {
  return isIP(ip) === 6 ? ip.toLowerCase().startsWith('ff') : Number(ip.split('.')[0]) >= 224;
}

function unavailable(detail: string): SegueError {
  return new SegueError('ADDRESS_UNAVAILABLE', detail);
}

function tryTcp(ip: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => reject(bindError(error, 'TCP', ip, port)));
    server.listen({ host: ip, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}

function tryUdp(ip: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIP(ip) === 6 ? 'udp6' : 'udp4');
    socket.once('error', (error) => {
      socket.close();
      reject(bindError(error, 'UDP', ip, port));
    });
    socket.bind({ address: ip, port, exclusive: true }, () => socket.close(() => resolve()));
  });
}

function bindError(error: NodeJS.ErrnoException, protocol: string, ip: string, port: number): SegueError {
  if (error.code === 'EADDRINUSE') {
    return new SegueError(
      'PORT_IN_USE',
      `${protocol} port ${port} of ${ip} is taken by another process. Free it or set SEGUE_RTC_PORT to another.`,
      { cause: error },
    );
  }
  if (error.code === 'EACCES') {
    return new SegueError('PORT_IN_USE', `${protocol} port ${port} may not be used by this user.`, {
      cause: error,
    });
  }
  return new SegueError('ADDRESS_UNAVAILABLE', `${protocol} ${ip}:${port}: ${error.code ?? error.message}.`, {
    cause: error,
  });
}
