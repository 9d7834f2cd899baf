/** From one click in one row to the same place in every row: the selector that reads most of them. */

import { wordsOf } from "../../core/page/fields";
import type { Press, Spot } from "../../core/teach/draft";
import { amountIn } from "./amount";
import { selectorOf, selectorsBelow } from "./selectors";
import { pressables, speakers } from "./texts";

/** Why something cannot be taught from what was clicked; a key of the catalogue. */
export type Doubt =
  | "no_words"
  | "no_money"
  | "several_amounts"
  | "words_change"
  | "not_in_rows"
  | "no_selector"
  | "same_everywhere";

export interface Found {
  spot: Spot;
}
export interface Refused {
  doubt: Doubt;
}

const LEAST_READ = 0.5; // as the reader asks
const LONGEST_WORDS = 40; // of `after` and `before` in a pack
/** Above the clicked element: prices are often cut into a sign and digits of their own. */
const LEVELS_UP = 2;

/** A text (a title, a client) of a row. */
export function textSpot(clicked: Element, row: Element, rows: readonly Element[]): Found | Refused {
  const element = worded(clicked, row);
  if (element === null) return { doubt: "no_words" };
  const spoken = (at: string): string[] =>
    rows.map((one) => wordsAt(one, at)).filter((words) => words !== "");
  const at = bestOf(element, row, (selector) => spoken(selector).length, rows.length);
  if (at === null) return { doubt: rows.length > 1 ? "not_in_rows" : "no_selector" };
  return { spot: { at, before: "", after: "" } };
}

/** The pay of a row. */
export function paySpot(clicked: Element, row: Element, rows: readonly Element[]): Found | Refused {
  const element = priced(clicked, row);
  if (element === null) return { doubt: isCrowded(clicked) ? "several_amounts" : "no_money" };
  const amount = amountIn(wordsOf(element));
  if (amount === null) return { doubt: "no_money" };
  const reads = (at: string): string[] =>
    rows.map((one) => wordsAt(one, at)).filter((words) => amountIn(words) !== null);
  const at = bestOf(element, row, (selector) => reads(selector).length, rows.length);
  if (at === null) return { doubt: rows.length > 1 ? "not_in_rows" : "no_selector" };
  const around = wordsAround(reads(at));
  return around === null ? { doubt: "words_change" } : { spot: { at, ...around } };
}

/** Text or pay that stands once on a page. */
export function pageSpot(clicked: Element, kind: "text" | "pay"): Found | Refused {
  const body = clicked.ownerDocument.body;
  const element = kind === "pay" ? priced(clicked, body) : worded(clicked, body);
  if (element === null)
    return { doubt: kind === "text" ? "no_words" : isCrowded(clicked) ? "several_amounts" : "no_money" };
  const at = selectorOf(element, clicked.ownerDocument);
  if (at === null) return { doubt: "no_selector" };
  if (kind === "text") return { spot: { at, before: "", after: "" } };
  const around = wordsAround([wordsOf(element)]);
  return around === null ? { doubt: "words_change" } : { spot: { at, ...around } };
}

/** What is pressed, found again: by its names, else among its like by the words on it. */
export function pressOf(element: Element, root: Document | Element): Press | null {
  const words = wordsOf(element) || (element.getAttribute("value") ?? "");
  const like = (at: string): Element[] =>
    Array.from(root.querySelectorAll(at)).filter((one) => one.matches(at));
  const alone = selectorsBelow(element, null).find((at) => {
    return at.length <= 280 && !isByPlace(at) && like(at).length === 1 && like(at)[0] === element;
  });
  if (alone !== undefined) return { at: alone, texts: [] };
  const isOnlyWith = (at: string): boolean =>
    like(at).filter((one) => wordsOf(one).includes(words)).length === 1 && element.matches(at);
  if (words !== "" && words.length <= 60 && isOnlyWith(element.localName))
    return { at: element.localName, texts: [words] };
  const at = selectorOf(element, root);
  return at === null ? null : { at, texts: [] };
}

/** What in a row is pressed to take its task: the same in every row. */
export function claimIn(element: Element, row: Element, rows: readonly Element[]): Press | null {
  const at = bestOf(
    element,
    row,
    (selector) => rows.filter((one) => one.querySelector(selector) !== null).length,
    rows.length,
  );
  if (at !== null) return { at: at.replace(/^:scope > /, ""), texts: [] };
  const words = wordsOf(element);
  return words === "" ? null : { at: element.localName, texts: [words] };
}

/** Texts of a row to choose from without a pointer, once each. */
export function choicesIn(row: Element): { element: Element; words: string }[] {
  const seen = new Set<string>();
  return speakers(row).flatMap((element) => {
    const words = wordsOf(element);
    if (words === "" || words.length > 200 || seen.has(words)) return [];
    seen.add(words);
    return [{ element, words }];
  });
}

export { pressables };

export function wordsAt(row: Element, at: string): string {
  const element = row.querySelector(at);
  return element === null ? "" : wordsOf(element);
}

function isByPlace(selector: string): boolean {
  return selector.includes(":nth-child") || selector.includes(":scope");
}

/** The first selector, most lasting first, that reads nearly as many rows as the best does; null where none reads enough. */
function bestOf(element: Element, row: Element, read: (at: string) => number, all: number): string | null {
  const found = selectorsBelow(element, row)
    .filter((at) => at.length <= 280 && row.querySelector(at) === element)
    .map((at) => ({ at, count: read(at) }));
  const most = Math.max(0, ...found.map(({ count }) => count));
  if (most === 0 || most < all * LEAST_READ) return null;
  return found.find(({ count }) => count >= most * 0.9)?.at ?? null;
}

/** The clicked element, or the next around it within `top`, that holds words. */
function worded(clicked: Element, top: Element): Element | null {
  for (let one: Element | null = clicked; one !== null && top.contains(one); one = one.parentElement) {
    if (one !== top && wordsOf(one) !== "") return one;
  }
  return null;
}

/** The clicked element, or what holds the sign and the digits together. */
function priced(clicked: Element, top: Element): Element | null {
  let bare: Element | null = null;
  let one: Element | null = clicked;
  for (let level = 0; one !== null && one !== top && level <= LEVELS_UP; level += 1) {
    const amount = amountIn(wordsOf(one));
    if (amount?.namesCurrency) return one;
    if (amount !== null) bare ??= one;
    one = one.parentElement;
  }
  return bare;
}

function isCrowded(clicked: Element): boolean {
  return (wordsOf(clicked).match(/\d+([.,]\d+)?/g) ?? []).length > 1;
}

/** The same words before and after every amount; null where they change from row to row. */
function wordsAround(texts: readonly string[]): Pick<Spot, "before" | "after"> | null {
  const amounts = texts.flatMap((text) => amountIn(text) ?? []);
  const [first] = amounts;
  if (first === undefined) return null;
  const { before, after } = first;
  if (before.length > LONGEST_WORDS || after.length > LONGEST_WORDS) return null;
  const same = amounts.filter((one) => one.before === before && one.after === after);
  return same.length >= amounts.length * LEAST_READ ? { before, after } : null;
}
