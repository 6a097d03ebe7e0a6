import type { CallModel } from '../call/callModel.ts';

/** Time in the call as `m:ss` or `h:mm:ss`; empty before it is live. */
export function elapsedText(model: CallModel, nowMs: number): string {
  if (model.liveAtMs === null) return '';
  const seconds = Math.max(0, Math.floor(((model.overAtMs ?? nowMs) - model.liveAtMs) / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
