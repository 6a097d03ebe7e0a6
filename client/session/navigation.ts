type NavigationTarget = Pick<EventTarget, 'addEventListener' | 'removeEventListener'>;

export type NavigationSources = {
  /** The window: `popstate` and `hashchange`. */
  window: NavigationTarget;
  /** The Navigation API where the browser has it: it also sees `pushState` without patching anything. */
  navigation: NavigationTarget | undefined;
  href: () => string;
};

/** Calls `onView` when the visitor has moved inside the page. Returns the function that stops it. */
export function watchNavigation(sources: NavigationSources, onView: () => void): () => void {
  let seen = sources.href();
  const check = () => {
    // The router sets the title after the address: look when its own task is done.
    setTimeout(() => {
      const href = sources.href();
      if (href === seen) return;
      seen = href;
      onView();
    });
  };
  const { window, navigation } = sources;
  window.addEventListener('popstate', check);
  window.addEventListener('hashchange', check);
  navigation?.addEventListener('navigatesuccess', check);
  navigation?.addEventListener('currententrychange', check);
  return () => {
    window.removeEventListener('popstate', check);
    window.removeEventListener('hashchange', check);
    navigation?.removeEventListener('navigatesuccess', check);
    navigation?.removeEventListener('currententrychange', check);
  };
}

/** The sources of this page. */
export function pageNavigation(): NavigationSources {
  return {
    window,
    navigation: (globalThis as { navigation?: NavigationTarget }).navigation,
    href: () => location.href,
  };
}
