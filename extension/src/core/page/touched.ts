/** In which rows something changed: what changed around a row changes nothing in it. */

/** `touched`: elements in which something changed; none: perhaps in all. */
export function touchedRows(
  selector: string | null,
  touched: ReadonlySet<Element>,
): (row: Element) => boolean {
  if (touched.size === 0 || selector === null) return () => true;
  const rows = new Set(Array.from(touched, (one) => one.closest(selector)));
  return (row) => rows.has(row);
}
