/**
 * Loaded into a server before its program, which runs with --expose-gc: on SIGUSR2 garbage is collected, and what the
 * process holds is written to the file that SEGUE_FAULT_REPORT names. Nothing of it can be reached from outside.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { getHeapSpaceStatistics } from 'node:v8';
import { observer } from 'mediasoup';

const file = process.env.SEGUE_FAULT_REPORT;
const media = { workers: 0, routers: 0, transports: 0, producers: 0, consumers: 0 };

function count(kind: keyof typeof media, one: { on(event: 'close', listener: () => void): unknown }): void {
  media[kind] += 1;
  one.on('close', () => {
    media[kind] -= 1;
  });
}

observer.on('newworker', (worker) => {
  count('workers', worker.observer);
  worker.observer.on('newrouter', (router) => {
    count('routers', router.observer);
    router.observer.on('newtransport', (transport) => {
      count('transports', transport.observer);
      transport.observer.on('newproducer', (producer) => count('producers', producer.observer));
      transport.observer.on('newconsumer', (consumer) => count('consumers', consumer.observer));
    });
  });
});

/** Machine code and bytecode, in bytes: V8 keeps them in spaces of their own. */
function compiledCode(): number {
  const spaces = getHeapSpaceStatistics().filter(({ space_name }) => /code|trusted/.test(space_name));
  return spaces.reduce((sum, { space_used_size }) => sum + space_used_size, 0);
}

process.on('SIGUSR2', () => {
  if (!file) return;
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const active: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) active[name] = (active[name] ?? 0) + 1;
  writeFileSync(
    `${file}.part`,
    JSON.stringify({ rss, heapUsed, code: compiledCode(), external, active, media }),
  );
  renameSync(`${file}.part`, file);
});
