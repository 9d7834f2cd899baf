/** A pack as the TOML file that `taskwage packs check` takes: what says nothing is left out. */

import { slugOf } from "../../core/teach/address";
import type { Pack } from "../../generated/contract";

type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };
type Table = { [key: string]: Plain };

/** `pack` under the slug it would have among the bundled ones. */
export function tomlOf(pack: Pack): string {
  const { pages, signals, ...top } = pack as unknown as Table & { pages: Plain[]; signals: Plain[] };
  const named = { ...top, slug: slugOf(pack.slug) };
  const lines = [
    `# Taught by pointing at ${pack.hosts[0]?.slice(0, -2) ?? ""}; a person looks at it before it goes among the others.`,
    ...pairs(named as Table),
    ...pages.flatMap((page) => ["", "[[pages]]", ...table(page as Table, "pages")]),
    ...signals.flatMap((signal) => ["", "[[signals]]", ...pairs(signal as Table)]),
  ];
  return `${lines.join("\n")}\n`;
}

const TABLES = new Set(["listing", "work", "task"]);

/** Plain values first, then the tables below. */
function table(value: Table, path: string): string[] {
  const inner = Object.entries(value).filter(([name, one]) => TABLES.has(name) && one !== null);
  const own = Object.fromEntries(Object.entries(value).filter(([name]) => !TABLES.has(name)));
  const below = inner.flatMap(([name, one]) => {
    return ["", `[${path}.${name}]`, ...table(one as Table, `${path}.${name}`)];
  });
  return [...pairs(own), ...below];
}

function pairs(value: Table): string[] {
  return Object.entries(value).flatMap(([name, one]) => {
    if (isNothing(name, one)) return [];
    if (name === "seen_on") return [`${name} = ${one}`];
    return [`${name} = ${written(one)}`];
  });
}

/** Left out: nulls, empty lists, and what the vocabulary takes for granted. */
function isNothing(name: string, value: Plain): boolean {
  if (value === null || (Array.isArray(value) && value.length === 0)) return true;
  if (typeof value === "object" && !Array.isArray(value)) {
    return Object.entries(value).every(([inner, one]) => isNothing(inner, one));
  }
  return GRANTED[name] === value;
}

const GRANTED: Record<string, Plain> = {
  parse: "text",
  reward_per: "task",
  skip: 0,
  lasts_seconds: 0,
  works: "here",
  claimed_by: "page",
  tap: false,
  holds: "many",
  attempt_is: "attempt",
  marked: false,
  may_be_empty: false,
  in_order: false,
  leaves: true,
};

function written(value: Plain): string {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  if (typeof value === "object" && value !== null) return `{ ${pairs(value).join(", ")} }`;
  return String(value);
}

/** A basic string: JSON escapes what TOML wants escaped, but for the one letter that JSON leaves alone. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/\u007f/g, "\\u007f");
}
