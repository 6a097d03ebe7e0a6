import { randomId } from './randomId.ts';

/** Where a browser keeps things: `localStorage`, `sessionStorage`, or a fake. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** `device`: until the visitor clears the page's data; `session`: until the tab is closed; `none`: nothing is kept. */
export type Remembering = 'device' | 'session' | 'none';

export type BrowserIds = { visitor?: string; device?: string };

const KEY = 'segue.visitor';
const DEVICE_KEY = 'segue.device';
const ID = /^[0-9a-f]{32}$/;
/** Marks an id under which somebody has signed in. */
const SIGNED = '+';

/**
 * Random ids by which the server recognises the visitor, kept in the page's own storage. The visitor's is replaced when
 * somebody who was signed in no longer is, or another one signs in: the next one at this browser is a stranger. Nothing
 * about the machine goes into them. Empty where nothing is, or can be, kept.
 */
export function browserIds(store: Store | null, identity: string | undefined): BrowserIds {
  if (!store) return {};
  try {
    const who = identity === undefined ? '' : SIGNED + subjectOf(identity);
    const [kept = '', before = ''] = (store.getItem(KEY) ?? '').split(' ');
    const same = ID.test(kept) && (before === '' || before === who);
    const visitor = same ? kept : randomId();
    store.setItem(KEY, who === '' ? visitor : `${visitor} ${who}`);
    const known = store.getItem(DEVICE_KEY) ?? '';
    const device = ID.test(known) ? known : randomId();
    if (device !== known) store.setItem(DEVICE_KEY, device);
    return { visitor, device };
  } catch {
    // A full or forbidden storage.
    return {};
  }
}

/** The storage to keep ids in; null when there is none, or none is wanted. */
export function storeFor(remembering: Remembering): Store | null {
  if (remembering === 'none') {
    forget();
    return null;
  }
  try {
    return remembering === 'session' ? sessionStorage : localStorage;
  } catch {
    return null;
  }
}

function forget(): void {
  try {
    for (const store of [localStorage, sessionStorage]) {
      store.removeItem(KEY);
      store.removeItem(DEVICE_KEY);
    }
  } catch {
    // Nothing can be kept, so nothing is.
  }
}

/**
 * Tells one signed-in visitor from another, without keeping who it is. The server alone checks the token. Throws for what
 * is no token.
 */
export function subjectOf(identity: string): string {
  const [, payload = ''] = identity.split('.');
  const text = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
  const subject = String((JSON.parse(text) as { sub?: unknown }).sub);
  let hash = 0x811c9dc5;
  for (let at = 0; at < subject.length; at++) hash = Math.imul(hash ^ subject.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}
