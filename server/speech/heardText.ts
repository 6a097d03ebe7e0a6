/** How long characters take to speak, relative to a letter: "10427" is five words, a comma is a pause. */
const DIGIT = 4;
const PAUSE = 3;

function weightOf(text: string): number {
  let weight = 0;
  for (const character of text) {
    if (/\d/.test(character)) weight += DIGIT;
    else if (/[,.;:!?…]/.test(character)) weight += PAUSE;
    else weight += 1;
  }
  return weight;
}

/**
 * The words of a sentence that were spoken when `playedMs` of its `totalMs` had been played, by the share of its
 * characters. A word counts when its end was heard.
 */
export function heardText(text: string, playedMs: number, totalMs: number): string {
  if (totalMs <= 0 || playedMs <= 0) return '';
  if (playedMs >= totalMs) return text;
  const limit = (weightOf(text) * playedMs) / totalMs;
  let end = 0;
  for (const { index, 0: word } of text.matchAll(/\S+/g)) {
    // The pause after a word need not have been heard.
    const spoken = text.slice(0, index) + word.replace(/[,.;:!?…]+$/, '');
    if (weightOf(spoken) > limit) break;
    end = index + word.length;
  }
  return text.slice(0, end);
}
