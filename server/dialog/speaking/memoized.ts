/** Intl formatters cost a millisecond to make and nothing to use: each pair of arguments makes one, kept. */
export function memoized<Value>(make: (a: string, b: string) => Value): (a: string, b: string) => Value {
  const made = new Map<string, Value>();
  return (a, b) => {
    const key = `${a}\u0000${b}`;
    const value = made.get(key) ?? make(a, b);
    made.set(key, value);
    return value;
  };
}
