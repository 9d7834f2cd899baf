/** A file from the worker's disk as rows of named cells: a table with a header, or JSON records. What it means is the pack's. */

import Papa from "papaparse";
import { parsed } from "../json";

/** Larger than any history seen, and small enough for a cheap laptop. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_ROWS = 500_000;
const MAX_DEPTH = 3;

/** Cells by folded name (see `folded`); a blank cell is left out. */
export type Row = ReadonlyMap<string, string>;

export interface Sheet {
  /** Names as the file spells them, in its order. */
  names: string[];
  rows: Row[];
}

export type Unreadable = { unreadable: "too_large" | "no_table" | "cut_short" };

/** A name without what people and tools change: case, blanks, hyphens and underscores. */
export function folded(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, "");
}

export function sheetOf(text: string): Sheet | Unreadable {
  if (text.length > MAX_BYTES) return { unreadable: "too_large" };
  const plain = text.replace(/^\ufeff/, "");
  return /^\s*[[{]/.test(plain) ? recordsIn(plain) : tableIn(plain);
}

function tableIn(text: string): Sheet | Unreadable {
  const { data, errors } = Papa.parse<string[]>(text.trim(), { skipEmptyLines: "greedy" });
  if (errors.some(({ code }) => code === "MissingQuotes")) return { unreadable: "cut_short" };
  const [header, ...lines] = data;
  if (header === undefined || header.length < 2) return { unreadable: "no_table" };
  if (lines.length > MAX_ROWS) return { unreadable: "too_large" };
  const names = header.map((name) => name.trim());
  return { names: names.filter((name) => name !== ""), rows: lines.map((cells) => rowOf(names, cells)) };
}

function rowOf(names: readonly string[], cells: readonly string[]): Row {
  const row = new Map<string, string>();
  names.forEach((name, place) => {
    const cell = cells[place]?.trim() ?? "";
    if (name !== "" && cell !== "" && !row.has(folded(name))) row.set(folded(name), cell);
  });
  return row;
}

/** An array of records, or an object that holds one: the longest it has. */
function recordsIn(text: string): Sheet | Unreadable {
  const records = longest(parsed(text), MAX_DEPTH);
  if (records === null) return { unreadable: "no_table" };
  if (records.length > MAX_ROWS) return { unreadable: "too_large" };
  const names = new Map<string, string>();
  const rows = records.map((record) => {
    const row = new Map<string, string>();
    flatten(record, "", (name, value) => {
      if (!names.has(folded(name))) names.set(folded(name), name);
      row.set(folded(name), value);
    });
    return row;
  });
  return { names: [...names.values()], rows };
}

function longest(value: unknown, depth: number): object[] | null {
  if (Array.isArray(value)) return value.length > 0 && value.every(isRecord) ? value : null;
  if (!isRecord(value) || depth === 0) return null;
  const found = Object.values(value).map((inner) => longest(inner, depth - 1));
  return found.reduce((best, one) => ((one?.length ?? 0) > (best?.length ?? 0) ? one : best), null);
}

function flatten(record: object, prefix: string, put: (name: string, value: string) => void): void {
  for (const [key, value] of Object.entries(record)) {
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (isRecord(value) && name.split(".").length < MAX_DEPTH) flatten(value, name, put);
    else if ((typeof value === "string" && value.trim() !== "") || typeof value === "number")
      put(name, String(value).trim());
  }
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
