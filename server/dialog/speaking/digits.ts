/**
 * A number or code as it is read out: digit by digit, in groups of three and two with a pause between them:
 * `10427` → "1 0 4, 2 7", `R-2041` → "R, 2 0, 4 1".
 */
export function spokenDigits(code: string): string {
  const runs = code.match(/\d+|\p{L}+/gu) ?? [];
  return runs
    .flatMap((run) => (/\d/u.test(run) ? groups(run) : [[...run.toUpperCase()]]))
    .map((group) => group.join(' '))
    .join(', ');
}

/** Threes, and twos so that no digit stands alone: 4 → 2+2, 5 → 3+2, 7 → 3+2+2. */
function groups(digits: string): string[][] {
  const all = [...digits];
  const parts: string[][] = [];
  let at = 0;
  while (at < all.length) {
    const left = all.length - at;
    const size = left === 4 || left === 2 ? 2 : Math.min(3, left);
    parts.push(all.slice(at, at + size));
    at += size;
  }
  return parts;
}
