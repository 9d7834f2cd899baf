/** Every small thing that is kept by key: its name, its version, and what it is before anything was kept. */

import { type AlarmRules, FIRST_RULES } from "../core/alarm/rules";
import type { Seen } from "../core/alarm/seen";
import { EMPTY_MEMORY, type Memory } from "../core/claims/memory";
import { FIRST_FLOOR, type Floor } from "../core/floor/floor";
import type { Look } from "../core/listing_stats/counts";
import type { SightingDay } from "../core/listing_stats/keep";
import { type KeptUpdates, NO_UPDATES } from "../core/packs/update_state";
import type { PinnedKey } from "../core/snapshot/key";
import type { Proposal } from "../core/tap/proposal";
import type { Teaching } from "../core/teach/draft";
import type { Taught } from "../core/teach/pack";
import type { WatchList } from "../core/watchlist/entry";
import type { HealthWeek } from "../model/health";
import type { PlatformPace } from "../model/pace";
import type { KeptStatement } from "../model/statement";
import { readPassing, readStored, writePassing, writeStored } from "./browser";

/** One kept value. */
export interface Item<T> {
  key: string;
  get(): Promise<T>;
  set(value: T): Promise<void>;
}

/** Makes of a value of one version what the next one is. */
export type Migration = (value: never) => unknown;

/**
 * A value that an older version of the code wrote is brought up to this one, step by step: the first step is from version 1 to 2.
 * One that a newer version wrote is left alone until that is back.
 */
export function item<T>(key: string, fallback: T, steps: readonly Migration[] = []): Item<T> {
  const version = steps.length + 1;
  return {
    key,
    async get() {
      const kept = (await readStored(key)) as { version: number; value: unknown } | undefined;
      if (kept === undefined || kept.version > version || kept.version < 1) return fallback;
      return steps.slice(kept.version - 1).reduce((value, step) => step(value as never), kept.value) as T;
    },
    set: (value) => writeStored(key, { version, value }),
  };
}

/** One value that is gone when the browser is closed. */
function passing<T>(key: string, fallback: T): Item<T> {
  return {
    key,
    get: async () => ((await readPassing(key)) as T | undefined) ?? fallback,
    set: (value) => writePassing(key, value),
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

/** What the server answered when the worker had everything erased; kept here as their proof. */
export interface Erasure {
  contributor_id: string;
  observations: number;
  overheads: number;
  gone_from_releases_by: string;
  on: string;
}

/** Every kept key. A test brings its own, kept in memory. */
export interface Settings {
  consent: Item<Consent>;
  /** ISO 3166 alpha-2; given only if the worker likes. */
  country: Item<string | null>;
  /** Of several servers behind one address, the one to enrol with, by its name; null: any. */
  home: Item<string | null>;
  /** The server knows this country, or we are nobody to it yet. */
  country_told: Item<boolean>;
  /** Platforms whose timings stay here, by slug. */
  withheld: Item<Record<string, boolean>>;
  /** The worker holds the outbox: nothing is sent until they let go. */
  held: Item<boolean>;
  erasure: Item<Erasure | null>;
  /** Who shares fetches rates too. Who does not, only if they say so: else not one byte leaves the browser. */
  fetches_rates: Item<boolean>;
  /** Platforms the worker switched on, by slug. */
  platforms: Item<Record<string, boolean>>;
  credentials: Item<Credentials | null>;
  pause: Item<Pause | null>;
  synced: Item<Record<string, Synced>>;
  /** The server's key, as it was first named. */
  key: Item<PinnedKey | null>;
  unfit: Item<Record<string, Unfit>>;
  /** Sites whose network answers the worker lets us hear, by slug. */
  taps: Item<Record<string, boolean>>;
  /** What a site's network said of pay and no page showed: the worker may confirm it. By the record's id. */
  proposals: Item<Record<string, Proposal>>;
  /** The worker takes new values for packs from the server. */
  takes_updates: Item<boolean>;
  pack_updates: Item<KeptUpdates>;
  /** Sites that the worker taught; nothing of them is shared, since the server does not know them. */
  taught: Item<Taught[]>;
  /** The lesson that is under way. */
  teaching: Item<Teaching | null>;
  /** The record whose time the worker was asked about last and answered, until the browser is closed. */
  answered: Item<string | null>;
  /** The worker's pace by platform, and up to which record it was taken. */
  paces: Item<{ upto: number; platforms: Record<string, PlatformPace> }>;
  /** The day's exchange rates, as the newest snapshot has them. */
  exchange: Item<{ as_of: string; usd_per: Record<string, number> } | null>;
  /** What the worker calls platforms that only this device knows, by slug. */
  own_names: Item<Record<string, string>>;
  /** Quiet mode: nothing is put into any page; a list beside it shows the rates. */
  is_quiet: Item<boolean>;
  floor: Item<Floor>;
  watchlist: Item<WatchList>;
  alarm: Item<AlarmRules>;
  /** What the alarm knows, by platform. */
  alarm_seen: Item<Record<string, Seen>>;
  /** What listings said of tasks, until the browser is closed. */
  memory: Item<Memory>;
  /** How each platform's listing last looked, as numbers, until the browser is closed. */
  looks: Item<Record<string, Look>>;
  /** Slugs of sites whose tasks were claimed in the last week and never seen to end. */
  unseen_ends: Item<string[]>;
  /** The device could not keep what was timed: its disk may be full. */
  storage_failed: Item<boolean>;
  /** Counts of open listings of days that are not over, by platform and day. */
  sightings: Item<Record<string, SightingDay>>;
  /** Sums of how well packs read their sites, by platform, pack version and week. */
  health: Item<Record<string, HealthWeek>>;
  /** The newest statement of each site, by slug. */
  statements: Item<Record<string, KeptStatement>>;
}

/** What only the extension's own pages and its background can read. */
type Secret = "credentials" | "erasure";

/** What a script in a site's page may read too. It pulls no secret, and no database, into that script. */
export const openSettings: Omit<Settings, Secret> = {
  consent: item("consent", { ledger: false, sharing: false }),
  country: item<string | null>("country", null),
  home: item<string | null>("home", null),
  country_told: item("country_told", true),
  withheld: item<Record<string, boolean>>("withheld", {}),
  held: item("held", false),
  fetches_rates: item("fetches_rates", false),
  platforms: item<Record<string, boolean>>("platforms", {}),
  pause: item<Pause | null>("pause", null),
  synced: item<Record<string, Synced>>("synced", {}),
  key: item<PinnedKey | null>("key", null),
  unfit: item<Record<string, Unfit>>("unfit", {}),
  taps: item<Record<string, boolean>>("taps", {}),
  proposals: item<Record<string, Proposal>>("proposals", {}),
  takes_updates: item("takes_updates", true),
  pack_updates: item("pack_updates", NO_UPDATES),
  taught: item<Taught[]>("taught", []),
  teaching: item<Teaching | null>("teaching", null),
  answered: passing<string | null>("answered", null),
  paces: item<{ upto: number; platforms: Record<string, PlatformPace> }>("paces", {
    upto: 0,
    platforms: {},
  }),
  exchange: item<{ as_of: string; usd_per: Record<string, number> } | null>("exchange", null),
  own_names: item<Record<string, string>>("own_names", {}),
  is_quiet: item("is_quiet", false),
  floor: item("floor", FIRST_FLOOR),
  watchlist: item<WatchList>("watchlist", {}),
  alarm: item("alarm", FIRST_RULES),
  alarm_seen: item<Record<string, Seen>>("alarm_seen", {}),
  memory: passing("memory", EMPTY_MEMORY),
  looks: passing<Record<string, Look>>("looks", {}),
  unseen_ends: item<string[]>("unseen_ends", []),
  storage_failed: passing("storage_failed", false),
  sightings: item<Record<string, SightingDay>>("sightings", {}),
  health: item<Record<string, HealthWeek>>("health", {}),
  statements: item<Record<string, KeptStatement>>("statements", {}),
};
