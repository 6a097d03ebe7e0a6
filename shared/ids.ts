/** Opaque ids with a readable prefix, e.g. `call_3f9c…`. 122 random bits. */
export type IdKind = 'call' | 'ses' | 'turn' | 'evt' | 'per' | 'task' | 'msg' | 'node';

export function newId(kind: IdKind): string {
  return `${kind}_${crypto.randomUUID().replaceAll('-', '')}`;
}
