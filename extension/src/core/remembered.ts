/** Remembers what a pure function made of a text. Names of one listing come again with every look, and folding or hashing takes longer. */

/** `make`, asked once for each text. Beyond `most` texts all are forgotten, so that memory stays bounded. */
export function remembered<T>(make: (text: string) => T, most = 10_000): (text: string) => T {
  const made = new Map<string, T>();
  return (text) => {
    const before = made.get(text);
    if (before !== undefined) return before;
    const now = make(text);
    if (made.size >= most) made.clear();
    made.set(text, now);
    return now;
  };
}
