// What set-up says, on stderr, so that a task's own output stays clean on stdout.

const PLAIN_PROGRESS_EVERY_MS = 15_000;
let progressShown = false;
let lastPlainMs = Date.now();

/** @param {string} line a finished line */
export function say(line) {
  if (progressShown) process.stderr.write('\r\x1b[K');
  progressShown = false;
  process.stderr.write(`${line}\n`);
}

/**
 * A line that the next one replaces; without a terminal, one such line every 15 s.
 * @param {string} line
 */
export function progress(line) {
  if (process.stderr.isTTY) {
    const width = (process.stderr.columns || 80) - 1;
    process.stderr.write(`\r\x1b[K${line.slice(0, width)}`);
    progressShown = true;
    return;
  }
  const nowMs = Date.now();
  if (nowMs - lastPlainMs < PLAIN_PROGRESS_EVERY_MS) return;
  lastPlainMs = nowMs;
  process.stderr.write(`${line}\n`);
}

/**
 * One step's result in one line.
 * @param {'ready' | 'made' | 'missing'} state
 * @param {string} name
 * @param {string} note
 * @param {number} tookMs
 */
export function stepLine(state, name, note, tookMs) {
  const mark = { ready: '·', made: '✓', missing: '!' }[state];
  say(`${mark} ${name.padEnd(9)} ${note} (${(tookMs / 1000).toFixed(1)} s)`);
}
