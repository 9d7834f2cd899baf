/** What a platform's snapshot is, and the guard that an answer must pass before it replaces the last good one. */

/**
 * [people, effective, low, high, task, paid share, kept share]; rates in USD an hour, null below ten people. A client
 * and a platform also say what an hour of a new task comes to that lists so much: [.., unseen, its listed pay in USD].
 * A task rate has nothing in the places of effective pay; the ends of its interval come last.
 */
export type Cell = [
  people: number,
  effective: number | null,
  low: number | null,
  high: number | null,
  task: number | null,
  paid_share: number | null,
  kept_share: number | null,
  unseen?: number | null,
  unseen_reward_usd?: number | null,
  task_low?: number | null,
  task_high?: number | null,
];

/** One platform's rates. Keys are twelve hex digits: no name is inside. */
export interface Snapshot {
  platform: string;
  release: string;
  as_of: string;
  nature: "real" | "demo";
  usd_per: Record<string, number>;
  rates: Record<string, Cell>;
  platform_rate: Cell | null;
  /** How much pay grows with the listed reward: the power of their ratio. */
  slope: number | null;
  all_in_factor: number | null;
  /** How far people, and one person's tasks, differ here (natural logarithms). */
  s_b?: number | null;
  sigma_e?: number | null;
  method: string | null;
  /** Of one that grew too large: the first digits of the keys that each part holds. */
  parts?: string[];
  /** Of a part: the first digits of its keys. */
  part?: string;
}

/** The last good snapshot of a platform, and the name by which the server knows it. */
export interface StoredSnapshot {
  platform: string;
  etag: string | null;
  snapshot: Snapshot;
  /** As it was signed, for the next delta; absent where an older version of this extension kept it. */
  text?: string;
}

/** The lower edges of all published bands; the snapshot of a server of today stops at 50. */
const PEOPLE = new Set([5, 10, 20, 50, 100, 500, 2000]);
const KEY = /^[0-9a-f]{12}$/;
const PREFIX = /^[0-9a-f]{1,4}$/;
const MOST_PARTS = 4096;
const CELL_LENGTH = 7;

/** `given` if it is a snapshot of `platform`, else null: a broken answer never replaces a good one. */
export function asSnapshot(given: unknown, platform: string): Snapshot | null {
  if (!isObject(given) || given.platform !== platform) return null;
  const { release, as_of, nature, usd_per, rates, platform_rate } = given;
  if (typeof release !== "string" || typeof as_of !== "string") return null;
  if (nature !== "real" && nature !== "demo") return null;
  if (!isObject(usd_per) || !Object.values(usd_per).every(isPositive)) return null;
  if (!isObject(rates) || !Object.entries(rates).every(([key, cell]) => KEY.test(key) && isCell(cell)))
    return null;
  if (platform_rate !== null && !isCell(platform_rate)) return null;
  const { slope = null, all_in_factor = null, method = null } = given;
  if (![slope, all_in_factor].every((value) => value === null || isPositive(value) || value === 0))
    return null;
  const { s_b = null, sigma_e = null } = given;
  if (![s_b, sigma_e].every((value) => value === null || isPositive(value) || value === 0)) return null;
  const { parts, part } = given;
  if (parts !== undefined && !isPrefixes(parts)) return null;
  return {
    platform,
    release,
    as_of,
    nature,
    usd_per: usd_per as Record<string, number>,
    rates: rates as Record<string, Cell>,
    platform_rate: platform_rate as Cell | null,
    slope: slope as number | null,
    all_in_factor: all_in_factor as number | null,
    s_b: s_b as number | null,
    sigma_e: sigma_e as number | null,
    method: typeof method === "string" ? method : null,
    ...(parts === undefined ? {} : { parts }),
    ...(typeof part === "string" ? { part } : {}),
  };
}

function isObject(given: unknown): given is Record<string, unknown> {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

function isPositive(given: unknown): boolean {
  return typeof given === "number" && Number.isFinite(given) && given > 0;
}

function isPrefixes(given: unknown): given is string[] {
  if (!Array.isArray(given) || given.length > MOST_PARTS) return false;
  return given.every((prefix) => typeof prefix === "string" && PREFIX.test(prefix));
}

function isCell(given: unknown): boolean {
  if (!Array.isArray(given) || given.length < CELL_LENGTH || !PEOPLE.has(given[0] as number)) return false;
  return given.slice(1).every((value) => value === null || (typeof value === "number" && value >= 0));
}
