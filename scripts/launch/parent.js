const CHECK_EVERY_MS = 1_000;

/**
 * Calls back when the process that started this one is gone, however it went.
 * @param {() => void} then
 */
export function onParentGone(then) {
  if (process.platform === 'win32') return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, CHECK_EVERY_MS);
  timer.unref();
}
