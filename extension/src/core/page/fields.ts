/** One value of a page, found where its pack says and read by a built-in parser. What does not read in full is null. */

import {
  type Field,
  MAX_ID_LENGTH,
  MAX_OPEN_SECONDS,
  MAX_TITLE_LENGTH,
  MAX_UNITS,
  type Money,
} from "../../generated/contract";
import { cut as cutText } from "../text";
import { follow } from "./embedded_json";
import { currencyOf, moneyOfNumber, moneyOfText, rangeOfText } from "./money";

/** More amounts than any site lists for one task. */
const MOST_AMOUNTS = 50;

/** Where fields are looked for: a row or a whole page, with the JSON that belongs to it. */
export interface Place {
  root: Document | Element;
  url: URL;
  record: unknown;
  islands: ReadonlyMap<string, unknown>;
  currency: string | null;
  /** The clock, for what a site tells as so long ago. */
  now?: number;
}

/** What the page's own requests were answered, as the tap heard it; a name that nothing came for gives undefined. */
export interface Replies {
  get(name: string): unknown;
}

/** A title: a text cut to what the server takes, so that a long one loses no record. */
export function titleAt(field: Field | null, place: Place): string | null {
  const text = textAt(field, place);
  return text === null ? null : cutText(text, MAX_TITLE_LENGTH).trim();
}

/** An id; one that is too long is none, since a part of it would be another's. */
export function idAt(field: Field | null, place: Place): string | null {
  const text = textAt(field, place);
  return text !== null && Array.from(text).length <= MAX_ID_LENGTH ? text : null;
}

export function textAt(field: Field | null, place: Place): string | null {
  return sole(field, place, (value) => (value === "" ? null : String(value)));
}

export function countAt(field: Field | null, place: Place): number | null {
  if (field?.parse === "count") return within(place.root.querySelectorAll(field.at ?? ":not(*)").length);
  return sole(field, place, (value) => (/^\d{1,9}$/.test(String(value)) ? within(Number(value)) : null));
}

export function secondsAt(field: Field | null, place: Place): number | null {
  return sole(field, place, (value, { parse }) => {
    const text = String(value);
    const seconds = parse === "duration_text" ? duration(text) : number(text, parse === "minutes" ? 60 : 1);
    return seconds !== null && seconds <= MAX_OPEN_SECONDS ? seconds : null;
  });
}

/** Milliseconds since 1970; a time without its zone is none. */
export function instantAt(field: Field | null, place: Place): number | null {
  return sole(field, place, (value) => (INSTANT.test(String(value)) ? Date.parse(String(value)) : null));
}

/** One amount. An array of amounts in one currency is their sum; of several currencies it is no single amount. */
export function moneyAt(field: Field | null, place: Place): Money | null {
  const amounts = amountsAt(field, place);
  return amounts?.length === 1 ? (amounts[0] ?? null) : null;
}

/**
 * Amounts by currency, in the order in which the currencies first come; none where an array is empty or null. Null where the site
 * tells no amount, or where any item of an array does not read: a part of a sum would be a wrong sum.
 */
export function amountsAt(field: Field | null, place: Place): Money[] | null {
  if (!field) return null;
  const listed = field.json === null ? undefined : follow(container(field, place), field.json);
  if (listed === null && field.each !== null) return [];
  if (!Array.isArray(listed)) {
    const one = oneAmountAt(field, place);
    return one === null ? null : [one];
  }
  if (listed.length > MOST_AMOUNTS) return null;
  const items = listed.map((item, index) => oneAmountAt(itemOf(field, item, index), place));
  return items.some((one) => one === null) ? null : sumByCurrency(items.flatMap((one) => one ?? []));
}

/** Adds up amounts, one sum a currency. */
export function sumByCurrency(amounts: readonly Money[]): Money[] {
  const sums = new Map<string, number>();
  for (const { currency, micros } of amounts) sums.set(currency, (sums.get(currency) ?? 0) + micros);
  return Array.from(sums, ([currency, micros]) => ({ micros, currency }));
}

/** The field of one item of an array: a bare number, or an object that holds the amount at `each`. */
function itemOf(field: Field, item: unknown, index: number): Field {
  const isObject = typeof item === "object" && item !== null;
  const inside = isObject && field.each !== null ? `.${field.each}` : "";
  return { ...field, json: `${field.json}.${index}${inside}`, or_json: null, alternatives: [] };
}

function oneAmountAt(field: Field, place: Place): Money | null {
  const amount = sole(field, place, (value, how) => {
    if (how.marked && !/[.,]\d\d|[^\d.,'’\s]/.test(String(value))) return null;
    if (how.parse === "money_text") return moneyInWords(String(value), place.currency, how);
    const unit = how.parse === "money_minor" ? "minor" : "major";
    return moneyOfNumber(value, unit, currencyBeside(how, place));
  });
  if (amount !== null || !isLeftEmpty(field, place)) return amount;
  return place.currency === null ? null : { micros: 0, currency: place.currency };
}

/** An amount in words; of a range, the end that the field asks for, if both ends read. */
function moneyInWords(words: string, currency: string | null, { bound, decimal }: Field): Money | null {
  if (bound === null) return moneyOfText(words, currency, decimal);
  const range = rangeOfText(words, currency, decimal);
  return range === null ? null : range[bound];
}

/** Whether the site tells the amount as an empty text where its pack says that it may: the work pays nothing. */
function isLeftEmpty(field: Field, place: Place): boolean {
  const places = [field, ...field.alternatives];
  const found = places.map((one) => lookAt(one, place)[0] ?? null);
  const isEmpty = places.some((one, index) => one.may_be_empty && found[index] === "");
  return isEmpty && found.every((value) => value === "" || value === null);
}

/** A code or a sign beside the amount where the pack names one; "$" alone is the site's own dollar. */
function currencyBeside({ currency_json, json, ...field }: Field, place: Place): string | null {
  if (currency_json === null || json === null) return place.currency;
  const top = container(field, place);
  const parent = json.split(".").slice(0, -1).join(".");
  const beside =
    follow(top, currency_json) ?? follow(top, parent === "" ? currency_json : `${parent}.${currency_json}`);
  return typeof beside === "string" ? currencyOf(beside.trim(), place.currency) : null;
}

function within(count: number): number | null {
  return count >= 1 && count <= MAX_UNITS ? count : null;
}

/** The one value that the candidates give; where two say different things, none, unless the first that reads holds. */
function sole<T>(
  field: Field | null,
  place: Place,
  read: (value: string | number, field: Field) => T | null,
): T | null {
  if (!field) return null;
  const places = [field, ...(field.or_json === null ? [] : [{ ...field, json: field.or_json }])];
  places.push(...field.alternatives);
  const found = places.map((one) => candidates(one, place).flatMap((value) => read(value, one) ?? []));
  const values = field.in_order ? (found.find((one) => one.length > 0) ?? []) : found.flat();
  const [first] = values;
  const isOne = values.every((value) => JSON.stringify(value) === JSON.stringify(first));
  return first !== undefined && isOne ? first : null;
}

/** The text of an element as a person reads it. */
export function wordsOf(element: Element): string {
  return plain(element.textContent ?? "");
}

/** Blanks made one. */
function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** What stands where the field says, cut to its part; more than one only where the pack says that it may be elsewhere. */
function candidates(field: Field, place: Place): (string | number)[] {
  return lookAt(field, place).flatMap((found): (string | number)[] => {
    if (typeof found === "number") return Number.isFinite(found) ? [found] : [];
    if (typeof found !== "string") return [];
    const part = partOf(field, found, place.url);
    return part === null ? [] : [part];
  });
}

function partOf(field: Field, text: string, base: URL): string | null {
  const part = partOfAddress(field, text, base);
  const word = part === null ? null : wordOf(plain(part), field.word);
  return word === null ? null : cut(word, field.after ?? "", field.before ?? "");
}

function lookAt(field: Field, place: Place): unknown[] {
  if (field.json !== null) return [follow(container(field, place), field.json)];
  const hasElement = field.at !== null || field.attribute !== null || field.leaf !== null;
  if (!hasElement && (field.query !== null || field.segment !== null)) return [place.url.href];
  const element = field.at === null ? place.root : place.root.querySelector(field.at);
  if (!element || !("getAttribute" in element)) return [];
  if (field.attribute !== null) return [inWords(field, element.getAttribute(field.attribute), element)];
  if (field.leaf === null) return [wordsOf(element)];
  const leaves = leavesOf(element);
  return field.leaf === "first" ? leaves.slice(0, 1) : leaves;
}

/** What the page's legend says of a sign: the words of the one line of it that bears the same sign. */
function inWords({ attribute, legend }: Field, sign: string | null, element: Element): string | null {
  if (legend === null || sign === null) return sign;
  const bears = (line: Element): boolean =>
    Array.from(line.querySelectorAll(`[${attribute}]`)).some(
      (one) => one.getAttribute(attribute ?? "") === sign,
    );
  const lines = Array.from(element.ownerDocument.querySelectorAll(legend)).filter(bears);
  return lines.length === 1 && lines[0] ? wordsOf(lines[0]) : null;
}

/** The innermost texts of an element, in their order. */
function leavesOf(element: Element): string[] {
  return Array.from(element.childNodes).flatMap((node) => {
    if (node.nodeType === 1) return leavesOf(node as Element);
    const text = node.nodeType === 3 ? plain(node.textContent ?? "") : "";
    return text === "" ? [] : [text];
  });
}

/** Of the words of a text, as of the classes of an element, the one that starts so, without its start. */
function wordOf(text: string, start: string | null): string | null {
  if (start === null) return text;
  const found = text.split(" ").filter((word) => word.startsWith(start) && word.length > start.length);
  return found.length === 1 ? (found[0]?.slice(start.length) ?? null) : null;
}

function container(field: Pick<Field, "island">, place: Place): unknown {
  return field.island === null ? place.record : place.islands.get(field.island);
}

function partOfAddress(field: Field, text: string, base: URL): string | null {
  if (field.query === null && field.segment === null) return text;
  if (!URL.canParse(text, base.href)) return null;
  const address = new URL(text, base.href);
  if (field.query !== null) return address.searchParams.get(field.query);
  const segment = address.pathname.split("/").filter((one) => one !== "")[field.segment ?? 0];
  return segment ?? null;
}

/** Cuts words that must stand before and after; null where they do not. */
function cut(text: string, after: string, before: string): string | null {
  const stands =
    text.startsWith(after) && text.endsWith(before) && text.length >= after.length + before.length;
  return stands ? text.slice(after.length, text.length - before.length).trim() : null;
}

function number(text: string, unit: number): number | null {
  return /^\d{1,9}(\.\d+)?$/.test(text) ? Number(text) * unit : null;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/;

const UNITS: ReadonlyArray<readonly [RegExp, number]> = [
  [/^(d|days?)$/, 86_400],
  [/^(h|hrs?|hours?)$/, 3600],
  [/^(m|mins?|minutes?)$/, 60],
  [/^(s|secs?|seconds?)$/, 1],
];

/** "1 hour, 5 mins" → 3900. Every word must be understood, each unit once and the larger first. */
export function duration(text: string): number | null {
  const parts = text.toLowerCase().match(/\d+(?:\.\d+)?\s*[a-z]+/g) ?? [];
  const rest = text.toLowerCase().replace(/\d+(?:\.\d+)?\s*[a-z]+/g, "");
  if (parts.length === 0 || /[^\s,.]/.test(rest)) return null;
  let seconds = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    const [, amount = "", word = ""] = /^([\d.]+)\s*([a-z]+)$/.exec(part) ?? [];
    const unit = UNITS.find(([names]) => names.test(word))?.[1];
    if (unit === undefined || unit >= smallest) return null;
    smallest = unit;
    seconds += Number(amount) * unit;
  }
  return seconds;
}
