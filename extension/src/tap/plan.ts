/**
 * What the tap may hear: on which sites, which answers, and which of their keys. Made from the packs when this is built, so
 * that no page, no update and no message can widen it.
 */

import { isPath } from "../core/packs/match";
import listed from "../generated/taps.json";

/** One kind of answer that a pack names. */
export interface Heard {
  name: string;
  /** Another host of the site; null: the page's own. */
  host: string | null;
  method: string;
  /** `*` stands for one whole segment, `**` for any number; what follows a `?` does not matter. */
  url: string;
  /** "shape": the names of its keys alone; "nothing": only that the site took the request. */
  reads: "fields" | "shape" | "nothing";
}

/** One site. */
export interface Plan {
  slug: string;
  hosts: string[];
  /** Keys of JSON objects that some field of the pack is read by. All others are left out where they are. */
  keys: string[];
  replies: Heard[];
}

/** A body longer than this is not looked at. */
export const MAX_BODY_LETTERS = 2_000_000;
/** What is handed on of it. */
export const MAX_REPLY_LETTERS = 500_000;
const MAX_DEPTH = 12;

export const plans = listed as readonly Plan[];

export function planAt(all: readonly Plan[], hostname: string): Plan | null {
  return all.find((plan) => plan.hosts.includes(hostname)) ?? null;
}

/** The hosts whose replies a plan reads. */
export function replyHosts({ hosts, replies }: Plan): string[] {
  return [...new Set(replies.flatMap(({ host }) => host ?? hosts))];
}

/** The name of the answer to a request; null where it is none of ours. */
export function nameOf(plan: Plan, method: string, url: URL, hostname: string): string | null {
  const heard = plan.replies.find(
    (one) =>
      one.method === method && (one.host ?? hostname) === url.hostname && isPath(one.url, url.pathname),
  );
  return heard?.name ?? null;
}

/** The same JSON with the keys of the plan alone; undefined where it is nested too deeply to be a record. */
export function narrowed(value: unknown, keys: ReadonlySet<string>, depth = 0): unknown {
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.map((one) => narrowed(one, keys, depth + 1) ?? null);
  if (typeof value !== "object" || value === null) return value;
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const inner = keys.has(key)
      ? narrowed((value as Record<string, unknown>)[key], keys, depth + 1)
      : undefined;
    if (inner !== undefined) kept[key] = inner;
  }
  return kept;
}
