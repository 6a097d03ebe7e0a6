/** What plays the assistant's voice: clips in order, in real time. */

export type Clip = { id: string; pcm16k: Float32Array };

export type Player = {
  /** Queues a clip behind those that wait. */
  play(clip: Clip): void;
  /** Silences at once (a fade of some milliseconds, no click) and drops what waits. Where it stopped, or null when idle. */
  stop(): { id: string; playedMs: number } | null;
  /** Silences at once as `stop` does, and keeps what was not heard for `resume`. Null when idle or paused already. */
  pause(): { id: string; playedMs: number } | null;
  /** Goes on in mid-clip, from the pause between sounds just before the place of `pause`. */
  resume(): void;
  /** What is heard now, or was when it was paused; null when idle. */
  position(): { id: string; playedMs: number } | null;
  /** 1 normal, less is ducked. */
  setGain(gain: number): void;
  /** Told when the clip begins to be heard; for the first clip after silence that is inside `play`. */
  onStart(listener: (clipId: string) => void): void;
  /** Told when the clip has been heard to its end; not for a clip that was stopped. */
  onEnd(listener: (clipId: string) => void): void;
  close(): void;
};
