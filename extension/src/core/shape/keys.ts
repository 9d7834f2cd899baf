/** The shape of JSON: its keys and what kind of value each has, and no value. Pure. */

import { plainName } from "./names";

const MOST_KEYS = 40;
const MOST_DEPTH = 8;
/** So many records of an array are looked into: they are of one shape. */
const MOST_RECORDS = 5;

/** `[{id: text, reward: {amount: number}}]`. What is keyed by ids says so once: `{*: …}`. */
export function keysOf(value: unknown, depth = 0): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return `[${arrayOf(value, depth)}]`;
  if (typeof value !== "object") return kindOf(value);
  if (depth >= MOST_DEPTH) return "{…}";
  const shapes = new Map<string, string>();
  for (const [key, inner] of Object.entries(value).slice(0, MOST_KEYS)) {
    const name = plainName(key);
    if (!shapes.has(name)) shapes.set(name, keysOf(inner, depth + 1));
  }
  const more = Object.keys(value).length > MOST_KEYS ? ", …" : "";
  return `{${Array.from(shapes, ([name, shape]) => `${name}: ${shape}`).join(", ")}${more}}`;
}

function arrayOf(values: readonly unknown[], depth: number): string {
  if (depth >= MOST_DEPTH) return "…";
  const shapes = values.slice(0, MOST_RECORDS).map((one) => keysOf(one, depth + 1));
  return Array.from(new Set(shapes)).join(" or ");
}

function kindOf(value: unknown): string {
  return { string: "text", number: "number", boolean: "yes or no" }[typeof value as string] ?? "nothing";
}
