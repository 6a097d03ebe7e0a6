import { beforeEach, describe, expect, it } from 'vitest';
import { VoiceLine, type VoicePlace } from '../../../server/call/voiceLine.ts';
import { Emitter } from '../../../shared/emitter.ts';
import { SegueError } from '../../../shared/errors.ts';
import { FakeClock } from '../../fakes/clock.ts';

class Leg extends Emitter<{ packet: [unknown]; data: [Buffer]; connected: []; disconnected: [] }> {
  connected = false;
  override emit: Emitter<{ packet: [unknown]; data: [Buffer]; connected: []; disconnected: [] }>['emit'] = (
    name,
    ...args
  ) => {
    if (name === 'connected') this.connected = true;
    if (name === 'disconnected') this.connected = false;
    super.emit(name, ...args);
  };
}

class Room extends Emitter<{ closed: [string] }> {
  readonly sent: Uint8Array[] = [];
  readonly voice = { send: (packet: Uint8Array) => this.sent.push(packet) };
  closed = false;
  close(reason = 'asked'): void {
    if (this.closed) return;
    this.closed = true;
    this.emit('closed', reason);
  }
}

describe('VoiceLine', () => {
  let clock: FakeClock;
  let places: { room: Room; leg: Leg }[];
  let refuses: boolean;
  let line: VoiceLine;
  let told: string[];
  beforeEach(async () => {
    clock = new FakeClock();
    places = [];
    told = [];
    refuses = false;
    line = await VoiceLine.open({
      clock,
      iceServers: () => [],
      open: async () => {
        if (refuses) throw new SegueError('MEDIA_UNAVAILABLE');
        const place = { room: new Room(), leg: new Leg() };
        places.push(place);
        return place as unknown as VoicePlace;
      },
    });
    line.on('lost', ({ sinceMs }) => told.push(`lost ${sinceMs}`));
    line.on('back', ({ gapMs }) => told.push(`back ${gapMs}`));
    line.on('gone', () => told.push('gone'));
  });
  const place = () => places.at(-1) as { room: Room; leg: Leg };
  const talk = (forMs: number) => {
    for (let ms = 0; ms < forMs; ms += 20) {
      place().leg.emit('packet', {});
      clock.advance(20);
    }
  };
  const packet = new Uint8Array([1]);
  const send = () => line.send(packet, { gapTicks: 0, marker: false });

  it('loses nothing before the device was connected', () => {
    place().leg.emit('disconnected');
    place().room.close('worker-died');
    expect(told).toEqual(['gone']);
  });

  it('is lost when the packets stop, long before ICE tells, and back with the next one', () => {
    place().leg.emit('connected');
    talk(1_000);
    clock.advance(4_000);
    talk(20);
    expect(told).toEqual([expect.stringMatching(/^lost 1[34]\d\d$/), expect.stringMatching(/^back 40\d\d$/)]);
  });

  it('is lost once, whoever notices it first', () => {
    place().leg.emit('connected');
    talk(1_000);
    clock.advance(2_000);
    place().leg.emit('disconnected');
    clock.advance(10_000);
    expect(told).toHaveLength(1);
    expect(line.lost).toBe(true);
    talk(20);
    expect(line.lost).toBe(true);
    place().leg.emit('connected');
    expect(told).toHaveLength(2);
  });

  it('asks for another place when the media worker is gone, and goes on in it', async () => {
    place().leg.emit('connected');
    send();
    const [first] = places;
    first?.room.close('worker-died');
    expect(told).toEqual(['lost 0', 'gone']);
    expect(() => line.leg).toThrow(SegueError);
    send();
    await line.renew();
    send();
    clock.advance(700);
    place().leg.emit('connected');
    expect(told.at(-1)).toBe('back 700');
    expect(places.map(({ room }) => room.sent.length)).toEqual([1, 1]);
  });

  it('was lost since the last packet when the device asks for another place, though nothing was expected', async () => {
    place().leg.emit('connected');
    line.expect(false);
    talk(1_000);
    clock.advance(8_000);
    await line.renew();
    expect(told).toEqual([expect.stringMatching(/^lost 7[56]\d\d$/)]);
  });

  it('keeps the place that it has when there is no other', async () => {
    place().leg.emit('connected');
    refuses = true;
    await expect(line.renew()).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' });
    expect(told).toEqual([]);
    send();
    expect(place().room.sent).toHaveLength(1);
  });

  it('rests where sound does not get through, without a word, until the device asks for another place', async () => {
    place().leg.emit('connected');
    await line.rest();
    expect(places.map(({ room }) => room.closed)).toEqual([true]);
    expect(told).toEqual([]);
    send();
    clock.advance(60_000);
    await line.renew();
    expect(told).toEqual([]);
    place().leg.emit('connected');
    expect(told).toEqual(['back 60000']);
  });

  it('rests after the place that is being made, and when nothing was ever heard', async () => {
    const renewed = line.renew();
    await line.rest();
    await renewed;
    expect(places.map(({ room }) => room.closed)).toEqual([true, true]);
    expect(line.gone).toBe(true);
    await line.renew();
    place().leg.emit('connected');
    expect(told).toEqual(['back 0']);
    line.close();
    await line.rest();
    expect(clock.pending).toBe(0);
  });

  it('makes one place for two requests at once, and closes what it leaves', async () => {
    place().leg.emit('connected');
    await Promise.all([line.renew(), line.renew()]);
    expect(places.map(({ room }) => room.closed)).toEqual([true, false]);
    expect(told).toEqual(['lost 0']);
    line.close();
    line.close();
    expect(place().room.closed).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
