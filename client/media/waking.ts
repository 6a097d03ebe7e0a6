/** Gestures after which a browser lets a sound run that it has put to sleep. */
const GESTURES = ['pointerup', 'keydown', 'touchend'] as const;

/** Tells of each: the page is shown or hidden, or its visitor does something. The returned function stops it. */
export function watchWaking(wake: () => void): () => void {
  const occasions = ['visibilitychange', ...GESTURES];
  for (const occasion of occasions) document.addEventListener(occasion, wake, { passive: true });
  return () => {
    for (const occasion of occasions) document.removeEventListener(occasion, wake);
  };
}
