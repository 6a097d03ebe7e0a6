/** What JSON can say and a `jsonb` column cannot hold: the character zero, and half of a surrogate pair. */
const ESCAPES = /\\u(?:0000|d[89a-f])/i;

/** JSON that the database can hold; what it cannot is replaced by U+FFFD, as when text is decoded. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  if (!ESCAPES.test(text)) return text;
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'string') return clean(item);
    if (item === null || typeof item !== 'object' || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [clean(key), inner]));
  });
}

function clean(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
