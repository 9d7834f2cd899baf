/** Every small thing that is kept by key: its name, its version, and what it is before anything was kept. */

import { readStored, writeStored } from "./browser";

/** One kept value. */
export interface Item<T> {
  key: string;
  get(): Promise<T>;
  set(value: T): Promise<void>;
}

/** A value of another version is dropped: it was written by another shape of the code. */
export function item<T>(key: string, version: number, fallback: T): Item<T> {
  return {
    key,
    async get() {
      const kept = (await readStored(key)) as { version: number; value: T } | undefined;
      return kept?.version === version ? kept.value : fallback;
    },
    set: (value) => writeStored(key, { version, value }),
  };
}

/** What the worker agreed to. Without either switch nothing is timed. */
export interface Consent {
  /** Keep my own record, on this device. */
  ledger: boolean;
  /** Send timings to the server. */
  sharing: boolean;
}

/** Who we are to the server. The secret is known to it only as a hash. */
export interface Credentials {
  contributor_id: string;
  secret: string;
}

/** Why and how long the outbox rests. */
export interface Pause {
  until: number;
  failures: number;
  /** How many items a request may hold; smaller after the server found a batch too much. */
  items: number;
  problem: "unreachable" | "busy" | "unknown_secret" | "unexpected" | null;
}

/** A site that changed so that nothing could be read. */
export interface Unfit {
  page: string;
  reason: string;
  on: string;
}

/** When each platform's rates were last asked for, and whether that worked. */
export interface Synced {
  at: number;
  release: string | null;
  is_current: boolean;
}

/** Every kept key. A test brings its own, kept in memory. */
export interface Settings {
  consent: Item<Consent>;
  /** ISO 3166 alpha-2; given only if the worker likes. */
  country: Item<string | null>;
  /** Platforms the worker switched on, by slug. */
  platforms: Item<Record<string, boolean>>;
  credentials: Item<Credentials | null>;
  pause: Item<Pause | null>;
  synced: Item<Record<string, Synced>>;
  unfit: Item<Record<string, Unfit>>;
}

export const settings: Settings = {
  consent: item("consent", 1, { ledger: false, sharing: false }),
  country: item<string | null>("country", 1, null),
  platforms: item<Record<string, boolean>>("platforms", 1, {}),
  credentials: item<Credentials | null>("credentials", 1, null),
  pause: item<Pause | null>("pause", 1, null),
  synced: item<Record<string, Synced>>("synced", 1, {}),
  unfit: item<Record<string, Unfit>>("unfit", 1, {}),
};
