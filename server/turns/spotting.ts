import type { Spotted } from '../speech/stt.ts';
import { isBackchannel, listenersPhrases, stopPhrases, wantsSilence, wordsOf } from './backchannel.ts';

/**
 * How far the best reading of all may be ahead of a listener's sound that is still believed, as a log-likelihood. From
 * two of flite's voices over five kinds of lines: at −2.5 to −4.5 the same sounds are told apart.
 */
const BACKCHANNEL_MARGIN = -3.5;
/** What wants the speaker to stop is believed when no reading is better. */
const STOP_MARGIN = 0;

/** What a recogniser listens for while the assistant talks: listeners' sounds, and what wants it to stop. */
export function spotPhrases(language: string): string[] {
  const sounds = listenersPhrases(language);
  const twice = sounds.filter((sound) => !sound.includes(' ')).map((sound) => `${sound} ${sound}`);
  return [...new Set([...sounds, ...twice, ...stopPhrases(language)])];
}

/** What the segments of an overlap are, by the small recogniser's readings of each; null: nothing that it knows. */
export function spottedAs(
  segments: readonly (readonly Spotted[])[],
  language: string,
): 'backchannel' | 'stop' | null {
  let listening = 0;
  let sounds = 0;
  let stop = Number.NEGATIVE_INFINITY;
  for (const readings of segments) {
    const silence = best(readings, (text) => text === '');
    const sound = best(readings, (text) => isBackchannel(text, language));
    const stops = best(readings, (text) => wantsSilence(wordsOf(text), language));
    if (sound >= BACKCHANNEL_MARGIN) sounds += 1;
    listening += Math.max(sound, silence);
    if (stops > Math.max(sound, silence)) stop = Math.max(stop, stops);
  }
  if (stop >= STOP_MARGIN) return 'stop';
  return sounds > 0 && listening >= BACKCHANNEL_MARGIN && listening > stop ? 'backchannel' : null;
}

function best(readings: readonly Spotted[], is: (text: string) => boolean): number {
  return readings.reduce(
    (most, { text, margin }) => (is(text) ? Math.max(most, margin) : most),
    Number.NEGATIVE_INFINITY,
  );
}
