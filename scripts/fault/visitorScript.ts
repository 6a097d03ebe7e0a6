/** What a page tells the program that drives it; moments are milliseconds since the epoch. */
export type Note =
  | { kind: 'sound'; fromMs: number; ear: number }
  | { kind: 'quiet'; toMs: number; ear: number }
  | { kind: 'event'; name: string; detail: Record<string, unknown>; atMs: number };

export type VisitorWindow = Window & {
  segueNote(note: Note): void;
  segueSpeak(samples: string, rateHz: number): Promise<void>;
};

/**
 * Runs in every page of a visitor, before the page's own scripts: a microphone that says what it is told to, and an
 * ear at the sound that WebRTC receives. The widget and its media stack are untouched.
 */
export function visitorScript(events: string[]): void {
  const { segueNote } = window as unknown as VisitorWindow;
  const nowMs = (): number => performance.timeOrigin + performance.now();
  const audio = new AudioContext({ sampleRate: 48_000 });
  const microphone = audio.createMediaStreamDestination();
  // A microphone is never digitally silent: without this faint hum the encoder would send nothing at first.
  const hum = new ConstantSourceNode(audio, { offset: 1e-4 });
  hum.connect(microphone);
  hum.start();
  if (navigator.mediaDevices) {
    navigator.mediaDevices.getUserMedia = async () => {
      await audio.resume();
      return microphone.stream.clone();
    };
  }

  // From the page's own origin, as its policy asks for; the browser's driver answers this address.
  const processor = audio.audioWorklet?.addModule('/segue-fault-ear.js');
  const listen = async (track: MediaStreamTrack): Promise<void> => {
    await processor;
    const id = Math.random();
    const ear = new AudioWorkletNode(audio, 'segue-fault-ear');
    ear.port.onmessage = ({ data }: MessageEvent<{ sounding: boolean; atS: number }>) => {
      const atMs = nowMs() - (audio.currentTime - data.atS) * 1000;
      segueNote(
        data.sounding ? { kind: 'sound', fromMs: atMs, ear: id } : { kind: 'quiet', toMs: atMs, ear: id },
      );
    };
    audio
      .createMediaStreamSource(new MediaStream([track]))
      .connect(ear)
      .connect(audio.destination);
  };
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...args: ConstructorParameters<typeof RTCPeerConnection>) {
      super(...args);
      this.addEventListener('track', ({ track }) => void listen(track));
    }
  };

  (window as unknown as VisitorWindow).segueSpeak = async (samples, rateHz) => {
    const bytes = Uint8Array.from(atob(samples), (character) => character.charCodeAt(0));
    const pcm = new Float32Array(bytes.buffer);
    const buffer = audio.createBuffer(1, pcm.length, rateHz);
    buffer.getChannelData(0).set(pcm);
    const source = new AudioBufferSourceNode(audio, { buffer });
    source.connect(microphone);
    source.start();
    await new Promise((resolve) => source.addEventListener('ended', resolve));
  };
  for (const name of events) {
    window.addEventListener(name, (event) => {
      const { detail } = event as CustomEvent<Record<string, unknown>>;
      segueNote({ kind: 'event', name, detail: structuredClone(detail), atMs: nowMs() });
    });
  }
}
