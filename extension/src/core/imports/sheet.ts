/** A file from the worker's disk as rows of named cells: a table with a header, or JSON records. What it means is the pack's. */

import Papa from "papaparse";
import { parsed } from "../json";

/** Larger than any history seen, and small enough for a cheap laptop. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_ROWS = 500_000;
const MAX_DEPTH = 3;
/** What platforms and programs write where there is nothing. */
const BLANKS: ReadonlySet<string> = new Set([
  "",
  "-",
  "–",
  "—",
  "NA",
  "N/A",
  "NaN",
  "nan",
  "None",
  "NULL",
  "null",
]);
/** Columns that are never read, by their folded names: codes with which pay is claimed, and who the worker is. */
const NEVER = /completioncode|enteredcode|surveycode|password|email|workerid|participantid/;
const DELIMITERS: readonly string[] = [",", "\t", ";", "|"];
const SEPARATOR_LINE = /^\s*"?sep=(.)"?[ \t]*(\r\n|\n|\r)/i;

export interface Row {
  /** Where it begins in a table; of records, its place. From 1. */
  line: number;
  /** Cells by folded name (see `folded`); a blank cell is left out. */
  cells: ReadonlyMap<string, string>;
}

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
  const [line = "", separator] = SEPARATOR_LINE.exec(text) ?? [];
  const table = text.slice(line.length);
  const before = linesIn(line);
  const delimiter = separator ?? delimiterOf(table);
  let read = linesOf(table, delimiter, '"');
  if (read.isBroken && table.includes('\\"')) read = linesOf(table, delimiter, "\\");
  if (read.isCut) return { unreadable: "cut_short" };
  const [header, ...lines] = read.lines;
  if (header === undefined || header.cells.length < 2) return { unreadable: "no_table" };
  if (lines.length > MAX_ROWS) return { unreadable: "too_large" };
  const names = header.cells.map((name) => name.trim());
  return {
    names: names.filter(isReadable),
    rows: lines.map(({ line, cells }) => ({ line: before + line, cells: rowOf(names, cells) })),
  };
}

/** The delimiter that the header has most of, outside of quotes. */
function delimiterOf(table: string): string {
  const header = /[^\r\n]*\S[^\r\n]*/.exec(table)?.[0].replace(/"[^"]*"/g, "") ?? "";
  const count = (delimiter: string): number => header.split(delimiter).length;
  return DELIMITERS.reduce((best, one) => (count(one) > count(best) ? one : best));
}

interface Read {
  lines: { line: number; cells: string[] }[];
  isBroken: boolean;
  isCut: boolean;
}

/** Rows with the number of their first line, blank ones left out. */
function linesOf(text: string, delimiter: string, escapeChar: string): Read {
  const read: Read = { lines: [], isBroken: false, isCut: false };
  let [line, cursor] = [1, 0];
  Papa.parse<string[]>(text, {
    delimiter,
    escapeChar,
    step: ({ data, errors, meta }) => {
      if (data.some((cell) => cell.trim() !== "")) read.lines.push({ line, cells: data });
      line += linesIn(text.slice(cursor, meta.cursor));
      cursor = meta.cursor;
      for (const { type, code } of errors) {
        if (type === "Quotes") read.isBroken = true;
        if (code === "MissingQuotes") read.isCut = true;
      }
    },
  });
  return read;
}

function linesIn(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}

function isReadable(name: string): boolean {
  return name !== "" && !NEVER.test(folded(name));
}

function rowOf(names: readonly string[], cells: readonly string[]): Map<string, string> {
  const row = new Map<string, string>();
  names.forEach((name, place) => {
    const cell = cells[place]?.trim() ?? "";
    if (isReadable(name) && !BLANKS.has(cell) && !row.has(folded(name))) row.set(folded(name), cell);
  });
  return row;
}

/** An array of records, or an object that holds one: the longest it has. */
function recordsIn(text: string): Sheet | Unreadable {
  const records = longest(parsed(text), MAX_DEPTH);
  if (records === null) return { unreadable: "no_table" };
  if (records.length > MAX_ROWS) return { unreadable: "too_large" };
  const names = new Map<string, string>();
  const rows = records.map((record, place) => {
    const cells = new Map<string, string>();
    flatten(record, "", (name, value) => {
      if (!isReadable(name)) return;
      if (!names.has(folded(name))) names.set(folded(name), name);
      if (value !== null && !BLANKS.has(value)) cells.set(folded(name), value);
    });
    return { line: place + 1, cells };
  });
  return { names: [...names.values()], rows };
}

/** The list whose records say most: a backup also holds lists of days and of settings. */
function longest(value: unknown, depth: number): object[] | null {
  if (Array.isArray(value)) return value.length > 0 && value.every(isRecord) ? value : null;
  if (!isRecord(value) || depth === 0) return null;
  const found = Object.values(value).map((inner) => longest(inner, depth - 1));
  return found.reduce((best, one) => (weight(one) > weight(best) ? one : best), null);
}

function weight(records: object[] | null): number {
  const isTask = records?.some((record) => "title" in record) ?? false;
  return (records?.length ?? 0) + (isTask ? MAX_ROWS : 0);
}

function flatten(record: object, prefix: string, put: (name: string, value: string | null) => void): void {
  for (const [key, value] of Object.entries(record)) {
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (isRecord(value) && name.split(".").length < MAX_DEPTH) flatten(value, name, put);
    else if (typeof value === "string" || typeof value === "number") put(name, String(value).trim());
    else if (value === null) put(name, null);
  }
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
