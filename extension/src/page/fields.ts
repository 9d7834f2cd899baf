/** One value of a page, found where its pack says and read by a built-in parser. What does not read in full is null. */

import {
  type Field,
  MAX_ID_LENGTH,
  MAX_OPEN_SECONDS,
  MAX_TITLE_LENGTH,
  MAX_UNITS,
  type Money,
} from "../generated/contract";
import { follow } from "./islands";
import { moneyOfNumber, moneyOfText } from "./money";

/** Where fields are looked for: a row or a whole page, with the JSON that belongs to it. */
export interface Place {
  root: Document | Element;
  url: URL;
  record: unknown;
  islands: ReadonlyMap<string, unknown>;
  currency: string | null;
}

/** A title: a text cut to what the server takes, so that a long one loses no record. */
export function titleAt(field: Field | null, place: Place): string | null {
  const text = textAt(field, place);
  return text === null ? null : Array.from(text).slice(0, MAX_TITLE_LENGTH).join("").trim();
}

/** An id; one that is too long is none, since a part of it would be another's. */
export function idAt(field: Field | null, place: Place): string | null {
  const text = textAt(field, place);
  return text !== null && Array.from(text).length <= MAX_ID_LENGTH ? text : null;
}

export function textAt(field: Field | null, place: Place): string | null {
  const value = valueAt(field, place);
  const text = value === null ? "" : String(value);
  return text === "" ? null : text;
}

export function countAt(field: Field | null, place: Place): number | null {
  const value = textAt(field, place);
  if (value === null || !/^\d{1,9}$/.test(value)) return null;
  const count = Number(value);
  return count >= 1 && count <= MAX_UNITS ? count : null;
}

export function secondsAt(field: Field | null, place: Place): number | null {
  const value = textAt(field, place);
  if (!field || value === null) return null;
  const seconds =
    field.parse === "duration_text" ? duration(value) : number(value, field.parse === "minutes" ? 60 : 1);
  return seconds !== null && seconds <= MAX_OPEN_SECONDS ? seconds : null;
}

export function moneyAt(field: Field | null, place: Place): Money | null {
  const value = valueAt(field, place);
  if (!field || value === null) return null;
  if (field.parse === "money_text") return moneyOfText(String(value), place.currency, field.decimal);
  const beside = field.currency_json === null ? null : follow(container(field, place), field.currency_json);
  const currency = field.currency_json === null ? place.currency : typeof beside === "string" ? beside : null;
  return moneyOfNumber(value, field.parse === "money_minor" ? "minor" : "major", currency);
}

/** The text of an element as a person reads it. */
export function wordsOf(element: Element): string {
  return plain(element.textContent ?? "");
}

/** Blanks made one. */
function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function valueAt(field: Field | null, place: Place): string | number | null {
  if (!field) return null;
  const found = lookAt(field, place);
  if (typeof found === "number") return Number.isFinite(found) ? found : null;
  if (typeof found !== "string") return null;
  const part = partOfAddress(field, found, place.url);
  return part === null ? null : cut(plain(part), field.after ?? "", field.before ?? "");
}

function lookAt(field: Field, place: Place): unknown {
  if (field.json !== null) return follow(container(field, place), field.json);
  const hasElement = field.at !== null || field.attribute !== null;
  if (!hasElement && (field.query !== null || field.segment !== null)) return place.url.href;
  const element = field.at === null ? place.root : place.root.querySelector(field.at);
  if (!element || !("getAttribute" in element)) return null;
  return field.attribute === null ? wordsOf(element) : element.getAttribute(field.attribute);
}

function container(field: Field, place: Place): unknown {
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

const UNITS: ReadonlyArray<readonly [RegExp, number]> = [
  [/^(d|days?)$/, 86_400],
  [/^(h|hrs?|hours?)$/, 3600],
  [/^(m|mins?|minutes?)$/, 60],
  [/^(s|secs?|seconds?)$/, 1],
];

/** "1 hour, 5 mins" → 3900. Every word must be understood, each unit once and the larger first. */
function duration(text: string): number | null {
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
