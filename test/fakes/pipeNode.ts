/** Another server's media: a room with an assistant that says 7, and a leg that tells what it hears of other rooms. */
import { RedisBus } from '../../server/bus/engines/redis.ts';
import { Pipes } from '../../server/media/pipes.ts';
import { WorkerPool } from '../../server/media/workerPool.ts';
import { systemClock } from '../../shared/clock.ts';
import { MediaDevice } from './mediaDevice.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const [url = ''] = process.argv.slice(2);
const bus = new RedisBus({ url, node: 'there', clock: systemClock });
await bus.ready(10_000);
const pool = await WorkerPool.start({ workers: 1, listenIp: '127.0.0.1', basePort: 0 });
const room = await pool.createRoom();
const pipes = new Pipes({ bus, listen: { ip: '127.0.0.1' } });
room.on('joined', (pipe) => {
  pipe.on('closed', () => say('closed'));
  pipe.on('source', async ({ producerId }) => {
    const device = await MediaDevice.join(await room.createCallerLeg(producerId));
    let told = 0;
    setInterval(() => {
      for (const { payload } of device.heard.slice(told)) say(`heard ${payload[1]}`);
      told = device.heard.length;
    }, 20);
  });
});
pipes.offer('ses_1', room);
setInterval(() => room.voice.send(Uint8Array.of(0xf8, 7)), 20);
process.stdin.on('close', () => process.exit(0)).resume();
say('ready');
