/** The tallies of rows that are looked up: read by name, and held in memory until a record of that name changes. */

import type { TaskReading } from "../../model/readings";
import type { Tally } from "../../model/tally";
import type { Edge } from "../../platform/context";
import type { Database } from "../../platform/database";
import { type History, namesOf } from "./history";

/** More names than a day of listings shows; beyond, all are read again. */
const MOST_NAMES = 20_000;

interface Cache {
  /** Null: there is no such tally. */
  tallies: Map<string, Tally | null>;
  /** Grows when names are dropped: what was read before that is not put in. */
  version: number;
}

const caches = new WeakMap<Database, Cache>();

/** The tallies of `rows`. Of a client that the worker never worked for, no task is read. */
export async function recentHistory({ database }: Edge, rows: readonly TaskReading[]): Promise<History> {
  const cache = cacheOf(database);
  const names = rows.map(namesOf);
  const clients = await readNames(database, cache, new Set(names.map(({ client }) => client)));
  const tasks = names.filter(({ client }) => clients.has(client)).map(({ task }) => task);
  return new Map([...clients, ...(await readNames(database, cache, new Set(tasks)))]);
}

async function readNames(
  database: Database,
  cache: Cache,
  names: ReadonlySet<string>,
): Promise<Map<string, Tally>> {
  const unread = [...names].filter((name) => !cache.tallies.has(name));
  const fresh = new Map<string, Tally | null>();
  if (unread.length > 0) {
    const { version } = cache;
    const { store } = database.transaction("tallies");
    const read = await Promise.all(unread.map((name) => store.get(name)));
    for (const [place, name] of unread.entries()) fresh.set(name, read[place] ?? null);
    if (cache.version === version) keepIn(cache, fresh);
  }
  return new Map(
    [...names].flatMap((name): [string, Tally][] => {
      const tally = fresh.get(name) ?? cache.tallies.get(name) ?? null;
      return tally === null ? [] : [[name, tally]];
    }),
  );
}

function keepIn({ tallies }: Cache, fresh: ReadonlyMap<string, Tally | null>): void {
  if (tallies.size + fresh.size > MOST_NAMES) tallies.clear();
  for (const [name, tally] of fresh) tallies.set(name, tally);
}

function cacheOf(database: Database): Cache {
  const cache = caches.get(database) ?? { tallies: new Map(), version: 0 };
  caches.set(database, cache);
  return cache;
}

/** Records of these tasks changed, or of any. Their tallies are read again when next asked for. */
export function forgetHistory(database: Database, tasks: readonly TaskReading[] | null = null): void {
  const cache = cacheOf(database);
  cache.version += 1;
  if (tasks === null) cache.tallies.clear();
  for (const task of tasks ?? []) for (const name of Object.values(namesOf(task))) cache.tallies.delete(name);
}
