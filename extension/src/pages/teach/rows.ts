/** From one click to every row: which part of the page is one task, which are its like, and one selector for them all. */

import { namesOf, placeBelow } from "./selectors";
import { namesPay, speakers } from "./texts";

/** What may be one row: the element, and all that are like it beside it (itself included). */
export interface RowGuess {
  row: Element;
  like: Element[];
}

const LEAST_LIKENESS = 0.4;
const ROW_TAGS = new Set(["tr", "li", "article"]);
const NO_ROW = new Set(["html", "body", "main", "table", "tbody", "thead"]);

/** What might be the row that was clicked in, the smallest first. */
export function rowGuesses(clicked: Element): RowGuess[] {
  const found: RowGuess[] = [];
  for (let one: Element | null = clicked; one?.parentElement; one = one.parentElement) {
    if (NO_ROW.has(one.localName)) continue;
    found.push({ row: one, like: likeIn(one) });
  }
  return found;
}

/** Which of the guesses is most likely meant: one of several that each hold one amount; else what by its tag is a row. */
export function likelyRow(guesses: readonly RowGuess[]): number {
  const paid = guesses.findIndex(
    ({ like }) => like.length > 1 && like.filter(namesPay).length >= like.length / 2,
  );
  if (paid !== -1) return paid;
  const byTag = guesses.findIndex(({ row }) => ROW_TAGS.has(row.localName) || isRowByRole(row));
  if (byTag !== -1) return byTag;
  const several = guesses.findIndex(({ like }) => like.length > 1);
  return Math.max(0, several);
}

function isRowByRole(element: Element): boolean {
  return ["row", "listitem", "article"].includes(element.getAttribute("role") ?? "");
}

/** The children of its parent that are made like it. */
function likeIn(row: Element): Element[] {
  const shape = shapeOf(row);
  return Array.from(row.parentElement?.children ?? []).filter((other) => {
    return (
      other === row ||
      (other.localName === row.localName && likeness(shape, shapeOf(other)) >= LEAST_LIKENESS)
    );
  });
}

/** The tags below it, with those around them: "div/span". */
function shapeOf(element: Element): Set<string> {
  const shape = new Set<string>([element.localName]);
  for (const inner of Array.from(element.querySelectorAll("*")).slice(0, 60)) {
    shape.add(`${inner.parentElement?.localName}/${inner.localName}`);
  }
  return shape;
}

function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const both = Array.from(one).filter((tag) => other.has(tag)).length;
  return both / (one.size + other.size - both);
}

/** All rows by one selector, and how many header rows it finds before them. */
export interface RowsFound {
  rows: string;
  skip: number;
}

const MOST_SKIPPED = 5; // as a pack may

/** One selector for all rows like this one; null where none can be made. It may find more rows of the same make elsewhere on the page. */
export function rowsSelector({ row, like }: RowGuess): RowsFound | null {
  const root = row.ownerDocument;
  const parent = row.parentElement;
  if (parent === null) return null;
  const shape = shapeOf(row);
  const isLike = (one: Element): boolean =>
    like.includes(one) ||
    (one.localName === row.localName && likeness(shape, shapeOf(one)) >= LEAST_LIKENESS);
  const skipFor = (selector: string): number | null => {
    const found = Array.from(root.querySelectorAll(selector));
    const skip = found.findIndex(isLike);
    const isWhole = like.every((one) => found.includes(one));
    return isWhole && skip <= MOST_SKIPPED && found.slice(skip).every(isLike) ? skip : null;
  };
  const shared = like.map(namesOf).reduce((all, names) => all.filter((name) => names.includes(name)));
  const own = [...shared, ...(row.localName === "tr" ? ["tr:has(> td)"] : []), row.localName];
  const speaking = shared.filter((name) => name !== row.localName);
  const below = containersOf(parent).flatMap((container) => own.map((name) => `${container} > ${name}`));
  const found = [...speaking, ...below]
    .filter((one) => one.length <= 280)
    .map((rows) => ({ rows, skip: skipFor(rows) }));
  const whole = found.filter((one): one is RowsFound => one.skip !== null);
  return whole.find(({ skip }) => skip === 0) ?? whole[0] ?? null;
}

/** How the element that holds the rows may be called, the most lasting first; at the last by its place in the page. */
export function containersOf(parent: Element): string[] {
  const root = parent.ownerDocument;
  const isAlone = (selector: string): boolean => root.querySelectorAll(selector).length === 1;
  const found: string[] = namesOf(parent).filter(isAlone);
  let around = parent.parentElement;
  for (let level = 0; around !== null && around !== root.documentElement && level < 8; level += 1) {
    const place = placeBelow(parent, around);
    for (const name of namesOf(around).filter(isAlone)) {
      found.push(
        ...namesOf(parent)
          .map((mine) => `${name} ${mine}`)
          .filter(isAlone),
        `${name} > ${place}`,
      );
    }
    around = around.parentElement;
  }
  if (parent === root.body) return ["body"];
  return [...found, `body > ${placeBelow(parent, root.body)}`];
}

/** Lists that might be meant, before anybody clicked: where several like things each name an amount. */
export function likelyLists(root: Document, most = 3): RowGuess[] {
  const seen = new Set<Element>();
  const found: RowGuess[] = [];
  for (const one of speakers(root.body)) {
    if (!namesPay(one)) continue;
    const guesses = rowGuesses(one);
    const guess = guesses[likelyRow(guesses)];
    const parent = guess?.row.parentElement;
    if (guess === undefined || guess.like.length < 2 || !parent || seen.has(parent)) continue;
    seen.add(parent);
    found.push(guess);
  }
  return found.toSorted((one, other) => other.like.length - one.like.length).slice(0, most);
}
