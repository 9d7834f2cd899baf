/**
 * An update laid over the pack that this build was made with: (pack, update) → pack, or the reason why not. Pure.
 *
 * Only values change: where something stands, and which built-in parser reads it. What is no such value is fixed: hosts,
 * pages, signals, what a site's words mean, what the tap may hear. `api/packs/updates.py` does the same before it signs.
 */

import type {
  ChangedName,
  ChangedNumber,
  ChangedSelector,
  ChangedWords,
  Pack,
  PackUpdate,
  Parser,
} from "../../generated/contract";
import { stands } from "./is_balanced_selector";
import { isObject } from "./update_shape";

/** Why an update is refused; the detail names the path. */
export interface Refused {
  reason: "other_base" | "not_newer" | "fixed" | "no_such_value" | "wrong_type" | "unknown_parser";
  path: string | null;
}

type Changed = ChangedSelector | ChangedName | ChangedNumber | ChangedWords | "parse" | "decimal";
type Kind = "selector" | "name" | "number" | "paths" | "texts" | "parser" | "decimal";
type PackValue = PackUpdate["values"][string];
type Tree = Record<string, unknown>;

const KINDS: Record<Changed, Kind> = {
  at: "selector",
  badge: "selector",
  claims: "selector",
  confirm: "selector",
  form: "selector",
  legend: "selector",
  list: "selector",
  present: "selector",
  pressed: "selector",
  rows: "selector",
  after: "name",
  attribute: "name",
  before: "name",
  currency_json: "name",
  each: "name",
  json: "name",
  key: "name",
  or_json: "name",
  path: "name",
  query: "name",
  word: "name",
  lasts_seconds: "number",
  segment: "number",
  skip: "number",
  paths: "paths",
  texts: "texts",
  parse: "parser",
  decimal: "decimal",
};
/** What a parser makes of a text; an update may only choose among its own. */
const MADE: Partial<Record<Parser, string>> = {
  text: "text",
  int: "whole",
  count: "whole",
  money_major: "money",
  money_minor: "money",
  money_text: "money",
  seconds: "seconds",
  minutes: "seconds",
  duration_text: "seconds",
};
const MOST_NUMBER = 60;

/** Null where the update can be laid over the pack. */
export function refusal(pack: Pack, update: PackUpdate): Refused | null {
  if (update.slug !== pack.slug || update.base !== pack.version) return { reason: "other_base", path: null };
  if (update.version <= pack.version) return { reason: "not_newer", path: null };
  for (const [path, value] of Object.entries(update.values)) {
    const reason = refused(pack, path, value);
    if (reason !== null) return { reason, path };
  }
  return null;
}

/** The pack with the new values; one that is switched off reads no page. Ask `refusal` first. */
export function laidOver(pack: Pack, update: PackUpdate): Pack {
  const laid = structuredClone(pack);
  for (const [path, value] of Object.entries(update.values)) {
    const above = holderOf(laid, path);
    if (above !== null) above[lastOf(path)] = value;
  }
  const off = update.is_off ? { pages: [], signals: [] } : {};
  return { ...laid, ...off, version: update.version };
}

/** The value that stands at a path of a pack; undefined where there is none. */
export function valueAt(pack: Pack, path: string): unknown {
  return holderOf(pack, path)?.[lastOf(path)];
}

function refused(pack: Pack, path: string, value: PackValue): Refused["reason"] | null {
  const name = lastOf(path);
  if (!Object.hasOwn(KINDS, name) || path.split(".").includes("outcomes")) return "fixed";
  const above = holderOf(pack, path);
  if (above === null || !Object.hasOwn(above, name)) return "no_such_value";
  const kind = KINDS[name as Changed];
  const old = above[name];
  if (Array.isArray(old) !== (kind === "paths" || kind === "texts")) return "fixed";
  if (value === null) return old === null || "parse" in above || name === "badge" ? null : "wrong_type";
  if (kind === "parser") return isLike(old, value) ? null : "unknown_parser";
  return FITS[kind](value) ? null : "wrong_type";
}

function isLike(old: unknown, parser: PackValue): boolean {
  if (old === parser) return true;
  const made = MADE[parser as Parser];
  return made !== undefined && made === MADE[old as Parser];
}

const FITS: Record<Exclude<Kind, "parser">, (value: PackValue) => boolean> = {
  selector: (value) => typeof value === "string" && value.trim() !== "" && stands(value),
  name: (value) => typeof value === "string" && value.trim() !== "",
  number: (value) => typeof value === "number" && value >= 0 && value <= MOST_NUMBER,
  decimal: (value) => value === "." || value === ",",
  texts: (value) => isWords(value),
  paths: (value) => isWords(value) && value.every((one) => one.startsWith("/")),
};

function isWords(value: PackValue): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => one !== "");
}

/** What holds the last name of a path; null where the path leads nowhere. Members of lists go by their names. */
function holderOf(pack: Pack, path: string): Tree | null {
  let here: unknown = pack;
  for (const step of path.split(".").slice(0, -1)) {
    if (Array.isArray(here)) here = here.find((one, index) => step === calledAs(one, index));
    else here = isObject(here) && Object.hasOwn(here, step) ? here[step] : null;
  }
  return isObject(here) ? here : null;
}

function calledAs(member: unknown, index: number): string {
  return isObject(member) && typeof member.name === "string" ? member.name : String(index);
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}
