import type { types } from 'mediasoup-client';
import { systemClock } from '../../shared/clock.ts';
import type { MediaParameters, SpeechHint, TransportParameters } from '../../shared/events.ts';
import type { Signalling } from '../call/signalling.ts';
import { HintLine, hintStream } from './hintLine.ts';
import { type Arrivals, LinePulse } from './linePulse.ts';
import { loadDevice } from './mediaDevice.ts';
import { OwnFrame } from './ownFrame.ts';

/** Average bit rate of the uplink, in bit/s: wide-band speech with room for in-band FEC. */
const UPLINK_BITRATE = 32_000;

/** `doubtful`: nothing has come for a moment; `shaky`: nothing comes; `down`: it will not come back by itself. */
export type LinkState = 'up' | 'doubtful' | 'shaky' | 'down';

export type VoiceLinkOptions = {
  media: MediaParameters;
  signalling: Signalling;
  /** Owned by the caller of `openVoiceLink`; it outlives the link. */
  microphone: MediaStreamTrack;
  onState: (state: LinkState) => void;
  /** The network may have changed since the page's last connection. */
  moved: boolean;
};

/** Both directions of a voice call through the SFU. */
export type VoiceLink = {
  readonly remoteTrack: MediaStreamTrack;
  setMuted(muted: boolean): void;
  /** Another microphone in place of the one that is gone. */
  replaceMicrophone(microphone: MediaStreamTrack): Promise<void>;
  /** Opens the quick way for hints; until then, and where there is none, `sendHint` does nothing. */
  openHints(): Promise<void>;
  sendHint(hint: SpeechHint): void;
  /** Looks whether sound comes, and tells `onState` before it resolves. */
  look(): Promise<unknown>;
  /** Looks for the path anew, both ways. Rejects with a `CallError` of the server, or without an answer in `limitMs`. */
  restartIce(limitMs: number): Promise<void>;
  /** Statistics of both peer connections. */
  stats(): Promise<RTCStatsReport[]>;
  close(): void;
};

/**
 * Opens the uplink and the downlink side by side and tells the server when the speaker is ready. Rejects with a
 * `CallError` of the server, or with what the browser threw.
 */
export async function openVoiceLink(options: VoiceLinkOptions): Promise<VoiceLink> {
  const { media, signalling, microphone, onState, moved } = options;
  const device = await loadDevice(media.routerRtpCapabilities);
  const frame = moved && device.handlerName === 'Chrome111' ? new OwnFrame() : null;
  const create = () => ({
    send: device.createSendTransport(transportOptions(media.send, media)),
    recv: device.createRecvTransport(transportOptions(media.recv, media)),
  });
  const { send, recv } = frame ? frame.within(create) : create();
  const pulse = new LinePulse(systemClock, () => arrivalsOf(recv), {
    onDoubt: () => onState('doubtful'),
    onQuiet: () => onState('shaky'),
    onBeat: () => onState('up'),
  });
  const close = () => {
    pulse.close();
    send.close();
    recv.close();
    frame?.close();
  };
  for (const transport of [send, recv]) {
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      signalling
        .request('transport.connect', { transportId: transport.id, dtlsParameters })
        .then(done, failed);
    });
    transport.on('connectionstatechange', (state) => {
      if (state === 'disconnected') onState('shaky');
      if (state === 'failed') onState('down');
    });
  }
  send.on('produce', ({ rtpParameters }, done, failed) => {
    signalling
      .request('media.produce', { rtpParameters })
      .then(({ producerId }) => done({ id: producerId }), failed);
  });
  send.on('producedata', ({ sctpStreamParameters }, done, failed) => {
    signalling
      .request('media.hints', { sctpStreamParameters: hintStream(sctpStreamParameters) })
      .then(({ dataProducerId }) => done({ id: dataProducerId }), failed);
  });
  let hints: HintLine | undefined;
  try {
    const [producer, consumer] = await Promise.all([
      send.produce({
        track: microphone,
        stopTracks: false,
        codecOptions: {
          opusStereo: false,
          opusDtx: true,
          opusFec: true,
          opusMaxAverageBitrate: UPLINK_BITRATE,
        },
      }),
      signalling
        .request('media.consume', { rtpCapabilities: device.recvRtpCapabilities })
        .then((parameters) => recv.consume(parameters)),
    ]);
    await signalling.request('media.ready', {});
    return {
      remoteTrack: consumer.track,
      setMuted: (muted) => (muted ? producer.pause() : producer.resume()),
      replaceMicrophone: (track) => producer.replaceTrack({ track }),
      async openHints() {
        hints ??= await HintLine.open(send);
      },
      sendHint: (hint) => void hints?.send(hint),
      look: () => pulse.look(),
      async restartIce(limitMs) {
        await Promise.all(
          [send, recv].map(async (transport) => {
            const request = { transportId: transport.id };
            await transport.restartIce(await signalling.request('media.restartIce', request, limitMs));
          }),
        );
      },
      stats: () => Promise.all([send.getStats(), recv.getStats()]),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function transportOptions(parameters: TransportParameters, media: MediaParameters): types.TransportOptions {
  return { ...parameters, iceServers: media.iceServers };
}

/** Of the one stream there is. */
async function arrivalsOf(recv: types.Transport): Promise<Arrivals> {
  for (const report of (await recv.getStats()).values()) {
    if (report.type !== 'inbound-rtp') continue;
    const { packetsReceived = 0, lastPacketReceivedTimestamp, timestamp } = report;
    const told = typeof lastPacketReceivedTimestamp === 'number';
    return {
      packets: packetsReceived,
      ageMs: told ? Math.max(0, timestamp - lastPacketReceivedTimestamp) : null,
    };
  }
  return { packets: 0, ageMs: null };
}
