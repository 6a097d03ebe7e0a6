/** What is needed of `navigator.wakeLock`. */
export type ScreenLocks = { request(type: 'screen'): Promise<{ release(): Promise<void> }> };

type Visibility = Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>;

/**
 * Keeps the screen on during a call: a phone that locks itself takes the microphone away. The system releases it in the
 * background, so it is taken again when the page is shown. Where there is none, or it is refused, nothing happens.
 */
export class WakeLock {
  readonly #locks: ScreenLocks | undefined;
  readonly #page: Visibility;
  #wanted = false;
  #held: Promise<{ release(): Promise<void> } | null> | null = null;

  constructor(
    locks: ScreenLocks | undefined = (navigator as { wakeLock?: ScreenLocks }).wakeLock,
    page: Visibility = document,
  ) {
    this.#locks = locks;
    this.#page = page;
  }

  want(on: boolean): void {
    if (on === this.#wanted) return;
    this.#wanted = on;
    if (on) this.#page.addEventListener('visibilitychange', this.#look);
    else this.#page.removeEventListener('visibilitychange', this.#look);
    this.#look();
  }

  readonly #look = (): void => {
    const take = this.#wanted && this.#page.visibilityState === 'visible';
    if (take) this.#held ??= this.#locks?.request('screen').catch(() => null) ?? null;
    else {
      void this.#held?.then((lock) => lock?.release()).catch(() => {});
      this.#held = null;
    }
  };
}
