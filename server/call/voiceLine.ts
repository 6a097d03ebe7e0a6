import type { Clock } from '../../shared/clock.ts';
import { Emitter } from '../../shared/emitter.ts';
import { SegueError } from '../../shared/errors.ts';
import type { IceServer, MediaParameters } from '../../shared/events.ts';
import type { PacketSink } from '../audio/voiceOutput.ts';
import type { CallerLeg } from '../media/callerLeg.ts';
import { PacketWatch } from '../media/packetWatch.ts';
import type { Room } from '../media/room.ts';
import type { RtpPacket } from '../media/rtp.ts';

/** One place in the SFU with the caller's leg in it. */
export type VoicePlace = { room: Room; leg: CallerLeg };

export type VoiceLineParts = {
  clock: Clock;
  /** Makes another place, on a worker that lives. Rejects with MEDIA_UNAVAILABLE. */
  open: () => Promise<VoicePlace>;
  iceServers: () => IceServer[];
};

export type VoiceLineEvents = {
  /** One RTP packet of the caller's Opus. */
  packet: [packet: RtpPacket];
  /** One message on the device's data channel. */
  data: [message: Buffer];
  /** The device can hear (again). */
  audible: [];
  /** The caller is cut off; nothing has come from them for `sinceMs`. */
  lost: [{ sinceMs: number }];
  /** The caller is there again, `gapMs` after the last that was heard of them. */
  back: [{ gapMs: number }];
  /** Our end is gone: the device has to ask for another. */
  gone: [];
};

/**
 * The sound of one call, from and to the device. What it goes through may break (the network, the device's page, the
 * media worker, this server's place in the SFU) and be replaced, while the call above goes on.
 */
export class VoiceLine extends Emitter<VoiceLineEvents> implements PacketSink {
  readonly #parts: VoiceLineParts;
  readonly #watch: PacketWatch;
  #place: VoicePlace | null = null;
  #renewing: Promise<MediaParameters> | null = null;
  /** Whether the device was ever connected: before that nothing can be lost. */
  #wasUp = false;
  #lostAtMs: number | null = null;
  #closed = false;

  private constructor(parts: VoiceLineParts) {
    super();
    this.#parts = parts;
    this.#watch = new PacketWatch(parts.clock, {
      onQuiet: (sinceMs) => this.#lose(sinceMs),
      onHeard: () => this.#recover(),
    });
  }

  /** Rejects with MEDIA_UNAVAILABLE. */
  static async open(parts: VoiceLineParts): Promise<VoiceLine> {
    const line = new VoiceLine(parts);
    line.#take(await parts.open());
    return line;
  }

  /** A line of which our end is still to be made: the device has to ask for it, by `renew`. */
  static waiting(parts: VoiceLineParts): VoiceLine {
    return new VoiceLine(parts);
  }

  /** Our end is not there: the device has to ask for another. */
  get gone(): boolean {
    return this.#place === null && !this.#closed;
  }

  /** What the device connects to. Throws MEDIA_TRANSPORT_FAILED when our end is gone. */
  get parameters(): MediaParameters {
    const { room, leg } = this.#mustHavePlace();
    return {
      routerRtpCapabilities: room.rtpCapabilities,
      send: leg.send,
      recv: leg.recv,
      iceServers: this.#parts.iceServers(),
    };
  }

  /** The steps of connecting. Throws MEDIA_TRANSPORT_FAILED when our end is gone. */
  get leg(): CallerLeg {
    return this.#mustHavePlace().leg;
  }

  /** The device can hear. */
  get audible(): boolean {
    return this.#place?.leg.audible ?? false;
  }

  /** Nothing is heard of the caller, or nothing reaches them. */
  get lost(): boolean {
    return this.#lostAtMs !== null;
  }

  /** The assistant's voice; dropped while there is no place for it. */
  send(...args: Parameters<PacketSink['send']>): void {
    this.#place?.room.voice.send(...args);
  }

  /** Whether anything is to be expected of the caller's microphone. */
  expect(sound: boolean): void {
    this.#watch.expect(sound);
  }

  /** Nothing more is taken of the caller's microphone at this place. */
  refuse(): void {
    this.#place?.leg.closeMicrophone();
  }

  /** Another place for the device; what it was connected to is closed. Rejects with MEDIA_UNAVAILABLE. */
  renew(): Promise<MediaParameters> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  /** Sound does not get through: our end is let go of, until the device asks for another. */
  async rest(): Promise<void> {
    await this.#renewing?.catch(() => {});
    if (this.#closed) return;
    this.#lostAtMs ??= this.#parts.clock.nowMs();
    this.#leavePlace();
    this.#watch.reset();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.close();
    this.#leavePlace();
    this.removeAllListeners();
  }

  async #renew(): Promise<MediaParameters> {
    const next = await this.#parts.open();
    if (this.#closed) {
      next.room.close();
      throw new SegueError('CALL_NOT_STARTED');
    }
    this.#lose(this.#watch.silentMs);
    this.#leavePlace();
    this.#watch.reset();
    this.#take(next);
    return this.parameters;
  }

  /** Its end tells nobody. */
  #leavePlace(): void {
    const before = this.#place;
    this.#place = null;
    before?.room.close();
  }

  #take(place: VoicePlace): void {
    const { room, leg } = place;
    this.#place = place;
    leg.on('packet', (packet) => {
      this.#watch.packet();
      this.emit('packet', packet);
    });
    leg.on('data', (message) => this.emit('data', message));
    leg.on('audible', () => this.emit('audible'));
    leg.on('disconnected', () => this.#lose(this.#watch.silentMs));
    leg.on('connected', () => {
      this.#wasUp = true;
      this.#recover();
    });
    room.on('closed', () => {
      if (this.#place !== place) return;
      this.#place = null;
      this.#lose(this.#watch.silentMs);
      this.#watch.reset();
      this.emit('gone');
    });
  }

  #lose(sinceMs: number): void {
    if (this.#closed || !this.#wasUp || this.#lostAtMs !== null) return;
    this.#lostAtMs = this.#parts.clock.nowMs() - sinceMs;
    this.emit('lost', { sinceMs });
  }

  #recover(): void {
    const lostAtMs = this.#lostAtMs;
    if (lostAtMs === null || !this.#place?.leg.connected || this.#watch.quiet) return;
    this.#lostAtMs = null;
    this.emit('back', { gapMs: this.#parts.clock.nowMs() - lostAtMs });
  }

  #mustHavePlace(): VoicePlace {
    if (!this.#place) throw new SegueError('MEDIA_TRANSPORT_FAILED', 'The audio connection is gone.');
    return this.#place;
  }
}
