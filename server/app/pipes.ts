import { isIP } from 'node:net';
import type { Bus } from '../bus/bus.ts';
import type { Presence } from '../bus/presence.ts';
import type { Config } from '../config.ts';
import { localAddresses, resolveListenAddress } from '../media/listenAddress.ts';
import type { PipeListen } from '../media/pipe.ts';
import { Pipes } from '../media/pipes.ts';

/** The lines to rooms of other servers; they end with their servers. */
export function openPipes(
  config: Pick<Config, 'host' | 'rtc'>,
  { bus, presence }: { bus: Bus; presence: Presence },
): Pipes {
  const pipes = new Pipes({ bus, listen: listenOf(config) });
  presence.on('gone', (node) => pipes.forget(node));
  return pipes;
}

/** An address that is not this machine's own is that of a translator in front of it. */
function listenOf({ host, rtc: { pipeAddress, pipePorts, announcedAddress } }: Pick<Config, 'host' | 'rtc'>) {
  const portRange = pipePorts;
  if (pipeAddress === undefined) {
    // A host name is for browsers; a worker needs an address.
    const announced = announcedAddress && isIP(announcedAddress) ? announcedAddress : undefined;
    return { ...resolveListenAddress(host, announced), portRange } satisfies PipeListen;
  }
  const isOwn = localAddresses().some(({ address }) => address === pipeAddress);
  if (isOwn) return { ip: pipeAddress, portRange } satisfies PipeListen;
  const ip = isIP(pipeAddress) === 6 ? '::' : '0.0.0.0';
  return { ip, announcedAddress: pipeAddress, portRange } satisfies PipeListen;
}
