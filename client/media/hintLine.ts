import type { types } from 'mediasoup-client';
import type { HintStreamParameters, SpeechHint } from '../../shared/events.ts';

/** More than that waiting means that the network is stuck: what is late helps nobody. */
const MOST_WAITING_BYTES = 512;

/** Unordered and sent once: a hint never waits behind a lost one. */
const RELIABILITY = { ordered: false, maxRetransmits: 0 } as const;

/** A data channel for hints beside the audio, on the transport on which the device sends. */
export class HintLine {
  readonly #data: types.DataProducer;

  private constructor(data: types.DataProducer) {
    this.#data = data;
  }

  /** Rejects where the browser or the server has no data channels. */
  static async open(send: types.Transport): Promise<HintLine> {
    return new HintLine(await send.produceData({ ...RELIABILITY, label: 'hints' }));
  }

  /** Whether it could be sent; it may still be lost on the way. */
  send(hint: SpeechHint): boolean {
    if (this.#data.readyState !== 'open' || this.#data.bufferedAmount > MOST_WAITING_BYTES) return false;
    this.#data.send(JSON.stringify(hint));
    return true;
  }
}

/** As the server wants to be told. */
export function hintStream(parameters: types.SctpStreamParameters): HintStreamParameters {
  return { ...RELIABILITY, streamId: parameters.streamId ?? 0 };
}
