/** Opaque ids with a readable prefix, e.g. `call_3f9c…`. 122 random bits. */
export type IdKind = 'call' | 'ses' | 'turn' | 'evt' | 'per' | 'task' | 'msg' | 'node';

export function newId(kind: IdKind): string {
  return `${kind}_${crypto.randomUUID().replaceAll('-', '')}`;
}

/** Whether a text from outside looks like such an id. */
export function isId(kind: IdKind, text: string): boolean {
  return text.startsWith(`${kind}_`) && /^[0-9a-f]{32}$/.test(text.slice(kind.length + 1));
}
