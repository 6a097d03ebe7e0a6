import type { DeviceReport } from '../../shared/events.ts';
import type { NoVoiceReason } from '../call/callModel.ts';

/** Whether a call by voice can be thought of here at all, and if not, why. */
export function voiceObstacle(scope: typeof globalThis = globalThis): NoVoiceReason | null {
  if (scope.isSecureContext === false) return 'insecure';
  if (!scope.navigator.mediaDevices?.getUserMedia || !scope.RTCPeerConnection) return 'unsupported';
  return null;
}

export type MicrophonePermission = 'granted' | 'prompt' | 'denied' | 'unknown';

/** What the browser already knows, without asking the visitor. */
export async function microphonePermission(): Promise<MicrophonePermission> {
  try {
    const status = await navigator.permissions.query({ name: 'microphone' as PermissionName });
    return status.state;
  } catch {
    return 'unknown';
  }
}

/** The visitor's voice: mono, with the device's own echo, noise and level control. Rejects with the browser's error. */
export async function openMicrophone(): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  });
  const [track] = stream.getAudioTracks();
  if (!track) throw new DOMException('The stream has no audio track.', 'NotFoundError');
  return track;
}

/** Stands where a microphone should: the other side is heard, and this one can write. Stopped, nothing is left of it. */
export function silentTrack(): MediaStreamTrack {
  const context = new AudioContext();
  const end = context.createMediaStreamDestination();
  // Without a source nothing is sent, not even silence, and the line seems dead.
  const source = new ConstantSourceNode(context, { offset: 0 });
  source.connect(end);
  source.start();
  const track = end.stream.getAudioTracks()[0] as MediaStreamTrack;
  track.stop = () => {
    MediaStreamTrack.prototype.stop.call(track);
    if (context.state !== 'closed') void context.close();
  };
  return track;
}

/** What of that is in effect; null where the browser does not say. */
export function captureOf(track: MediaStreamTrack): DeviceReport {
  const { echoCancellation, noiseSuppression, autoGainControl } = track.getSettings();
  // Some browsers name the kind of echo cancellation instead of `true`.
  const inEffect = (setting: unknown) => (setting === undefined ? null : setting !== false);
  return {
    echoCancellation: inEffect(echoCancellation),
    noiseSuppression: inEffect(noiseSuppression),
    autoGainControl: inEffect(autoGainControl),
  };
}

/** The reason behind an error of `openMicrophone`. */
export function microphoneObstacle(error: unknown): NoVoiceReason {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'unsupported';
}
