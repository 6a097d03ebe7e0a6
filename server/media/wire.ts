import type { types } from 'mediasoup';
import type { CallStarted, ConsumerParameters, TransportParameters } from '../../shared/events.ts';

/**
 * mediasoup and mediasoup-client describe the same objects, but the server's list of header extensions is longer.
 * The contract uses the client's names; these are the only places where one is taken for the other.
 */
export type WireRtpParameters = ConsumerParameters['rtpParameters'];
export type WireRtpCapabilities = NonNullable<CallStarted['media']>['routerRtpCapabilities'];
export type WireDtlsParameters = TransportParameters['dtlsParameters'];

export function rtpParametersToWire(parameters: types.RtpParameters): WireRtpParameters {
  return parameters as WireRtpParameters;
}

export function rtpCapabilitiesToWire(capabilities: types.RtpCapabilities): WireRtpCapabilities {
  return capabilities as WireRtpCapabilities;
}
