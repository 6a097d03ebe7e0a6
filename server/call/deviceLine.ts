/** What a device calls its line, the same for each of its sockets, and which of them it is: later ones have higher numbers. */
export type DeviceLine = { readonly id: string; readonly attempt: number };

export function isSameLine(one: DeviceLine | null, other: DeviceLine | null): boolean {
  return one !== null && one.id === other?.id;
}

/** Whether it is the same device again. An earlier socket may arrive after a later one: that is nobody's any more. */
export function follows(next: DeviceLine | null, before: DeviceLine | null): boolean {
  return next !== null && before !== null && isSameLine(next, before) && next.attempt >= before.attempt;
}
