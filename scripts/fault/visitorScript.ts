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
  /** −46 dBFS in blocks of 11 ms; a pause of this length ends a sound. */
  const AUDIBLE = 0.005;
  const BLOCK = 512;
  const PAUSE_MS = 200;

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

  // Not a worklet: the page's policy lets no module in that is not the page's. Its blocks tell when they were heard.
  const listen = (track: MediaStreamTrack): void => {
    const id = Math.random();
    const ear = audio.createScriptProcessor(BLOCK, 1, 1);
    let loudMs = Number.NEGATIVE_INFINITY;
    let sounding = false;
    const end = (): void => {
      sounding = false;
      segueNote({ kind: 'quiet', toMs: loudMs, ear: id });
    };
    ear.onaudioprocess = ({ inputBuffer, playbackTime }) => {
      const atMs = nowMs() + (playbackTime - audio.currentTime) * 1000;
      // A page that stood still has missed blocks: then this may be another sound.
      if (sounding && atMs - loudMs >= PAUSE_MS) end();
      const block = inputBuffer.getChannelData(0);
      let energy = 0;
      for (const sample of block) energy += sample * sample;
      if (Math.sqrt(energy / block.length) <= AUDIBLE) return;
      loudMs = atMs;
      if (!sounding) segueNote({ kind: 'sound', fromMs: atMs, ear: id });
      sounding = true;
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
      this.addEventListener('track', ({ track }) => listen(track));
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
