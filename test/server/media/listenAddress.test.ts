import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { claimPort, resolveListenAddress } from '../../../server/media/listenAddress.ts';

const local = [
  { address: '127.0.0.1', internal: true },
  { address: '::1', internal: true },
  { address: '192.168.1.5', internal: false },
  { address: 'fe80::1', internal: false },
];
const resolve = (ip: string, announced?: string) => resolveListenAddress(ip, announced, local);
const unavailable = (pattern: RegExp) =>
  expect.objectContaining({ code: 'ADDRESS_UNAVAILABLE', detail: expect.stringMatching(pattern) });

describe('resolveListenAddress', () => {
  it('takes an address of this machine as it is', () => {
    expect(resolve('192.168.1.5')).toEqual({ ip: '192.168.1.5', announcedAddress: undefined });
    expect(resolve('localhost').ip).toBe('127.0.0.1');
    expect(resolve('127.0.0.1')).toEqual({ ip: '127.0.0.1', announcedAddress: undefined });
  });

  it('announces an address that others reach for a wildcard, else loopback', () => {
    expect(resolve('0.0.0.0').announcedAddress).toBe('192.168.1.5');
    expect(resolve('::').announcedAddress).toBe('::1');
    expect(resolveListenAddress('0.0.0.0', undefined, []).announcedAddress).toBe('127.0.0.1');
  });

  it('announces what is asked for', () => {
    expect(resolve('0.0.0.0', '203.0.113.9').announcedAddress).toBe('203.0.113.9');
    expect(resolve('192.168.1.5', 'voice.example.com').announcedAddress).toBe('voice.example.com');
    expect(resolve('0.0.0.0', 'localhost').announcedAddress).toBe('localhost');
  });

  it.each([
    ['203.0.113.9', undefined, /203\.0\.113\.9 is not an address of this machine \(it has 127\.0\.0\.1/],
    ['voice.example.com', undefined, /not an IP address/],
    ['0.0.0.0', 'no host!', /neither an IP address nor a host name/],
    ['0.0.0.0', '', /neither/],
    ['0.0.0.0', '300.1.1.1', /neither/],
    ['0.0.0.0', '0.0.0.0', /cannot be reached by anyone/],
    ['0.0.0.0', '224.0.0.1', /cannot be reached by anyone/],
    ['0.0.0.0', '2001:db8::1', /is IPv6, but the server listens on IPv4/],
    ['127.0.0.1', '203.0.113.9', /only this machine reaches/],
    ['192.168.1.5', '127.0.0.1', /does not lead to 192\.168\.1\.5/],
  ])('refuses to listen on %s announcing %s', (ip, announced, pattern) => {
    expect(() => resolve(ip, announced)).toThrow(unavailable(pattern));
  });
});

describe('claimPort', () => {
  it('finds a port that is free for UDP and TCP', async () => {
    const port = await claimPort('127.0.0.1', 0);
    expect(port).toBeGreaterThan(0);
    expect(await claimPort('127.0.0.1', port)).toBe(port);
  });

  it('names a port that TCP holds', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(claimPort('127.0.0.1', port)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      detail: expect.stringContaining(`TCP port ${port}`),
    });
    server.close();
  });

  it('names a port that UDP holds', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    await expect(claimPort('127.0.0.1', port)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      detail: expect.stringContaining(`UDP port ${port}`),
    });
    socket.close();
  });

  it('says that a foreign address cannot be listened on', async () => {
    await expect(claimPort('203.0.113.9', 0)).rejects.toMatchObject({ code: 'ADDRESS_UNAVAILABLE' });
  });
});
