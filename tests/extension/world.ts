/** A world for the background's parts: a real (in-memory) IndexedDB, a clock that is set, a server that does as it is told. */

import "fake-indexeddb/auto";
import { FIRST_RULES } from "../../extension/src/core/alarm/rules";
import type { Seen } from "../../extension/src/core/alarm/seen";
import { EMPTY_MEMORY } from "../../extension/src/core/claims/memory";
import { FIRST_FLOOR } from "../../extension/src/core/floor/floor";
import type { LedgerRecord } from "../../extension/src/core/ledger/record";
import { openDatabase } from "../../extension/src/core/open_database";
import { timeOrderedId } from "../../extension/src/core/outbox/id";
import { NO_UPDATES } from "../../extension/src/core/packs/update_state";
import { clientName } from "../../extension/src/core/snapshot/keys";
import type { SignedText } from "../../extension/src/core/snapshot/sync";
import { dayOf } from "../../extension/src/core/timer/hour";
import type { Attempt } from "../../extension/src/core/timer/session";
import type { WatchList } from "../../extension/src/core/watchlist/entry";
import type {
  Challenge,
  Enrolled,
  Erased,
  Receipt,
  ShapeReceipt,
  ShapeReport,
} from "../../extension/src/generated/contract";
import type { TaskReading } from "../../extension/src/model/readings";
import type { Answer, Batch, Have, Server } from "../../extension/src/platform/api";
import type { Edge } from "../../extension/src/platform/context";
import type { Database } from "../../extension/src/platform/database";
import type { Item, Settings } from "../../extension/src/platform/storage";

export const NOON = Date.parse("2026-11-23T12:00:00Z");

const ID = timeOrderedId(NOON, Uint8Array.of(12, 65, 29, 14, 91, 122, 17, 240, 194, 212));

export interface World extends Edge {
  /** Moves the clock by seconds. */
  pass(seconds: number): void;
  server: FakeServer;
}

/** Signs what it is told to send, as the server does; what is signed already goes out as it is. */
export class Signer {
  private constructor(
    private readonly secret: CryptoKey,
    readonly public_key: string,
  ) {}

  static async make(): Promise<Signer> {
    const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
    return new Signer(pair.privateKey, base64(await crypto.subtle.exportKey("raw", pair.publicKey)));
  }

  async signed(value: unknown): Promise<SignedText> {
    if (typeof value === "object" && value !== null && "signature" in value) return value as SignedText;
    const text = JSON.stringify(value);
    return { text, signature: await this.signature(text) };
  }

  async signature(text: string): Promise<string> {
    return base64(await crypto.subtle.sign("Ed25519", this.secret, new TextEncoder().encode(text)));
  }
}

function base64(bytes: ArrayBuffer): string {
  return Buffer.from(bytes).toString("base64");
}

const SERVER = await Signer.make();

/** Keeps what it commits by id, as the real one does: the highest revision wins, the same one again is a duplicate. */
export class FakeServer implements Server {
  readonly rows = new Map<string, number>();
  readonly batches: Batch[] = [];
  enrolments = 0;
  /** What the next requests get instead of an answer; "lost": committed, but the answer never arrives. */
  trouble: (Answer<never> | "lost")[] = [];
  refused = new Set<string>();
  snapshots = new Map<string, Answer<unknown>>();
  asked: [string, string | null][] = [];
  /** The releases that were said to be here. */
  since: (string | null)[] = [];
  signer = SERVER;

  /** The home that sets the challenges, and the homes that requests were for. */
  home: string | null = null;
  readonly homes: (string | null)[] = [];

  async challenge(home: string | null): Promise<Answer<Challenge>> {
    this.homes.push(home);
    return yes({ challenge: "c", difficulty: 4, expires_at: "2026-11-23T13:00:00Z", home: this.home });
  }

  async enrol(_: unknown, home: string | null): Promise<Answer<Enrolled>> {
    this.homes.push(home);
    this.enrolments += 1;
    return yes({ contributor_id: "0190-c", secret: "s" });
  }

  async send(batch: Batch): Promise<Answer<{ receipts: Receipt[] }>> {
    const trouble = this.trouble.shift();
    if (trouble !== undefined && trouble !== "lost") return trouble;
    this.batches.push(batch);
    const { observations, overheads, sightings, health = [], actions = [] } = batch;
    const items = [...observations, ...overheads, ...sightings, ...health, ...actions];
    const receipts = items.map((item) => this.receive(item));
    return trouble === "lost" ? { kind: "unreachable" } : yes({ receipts });
  }

  async snapshot(platform: string, have: Have | null): Promise<Answer<SignedText>> {
    this.asked.push([platform, have?.etag ?? null]);
    this.since.push(have?.release ?? null);
    const next = this.snapshots.get(platform) ?? { kind: "no", status: 404, retry_after_seconds: null };
    return next.kind === "yes" ? { ...next, value: await this.signer.signed(next.value) } : next;
  }

  /** The document of pack updates; none: there never was one. */
  updates: unknown = null;
  updatesAsked: (string | null)[] = [];

  readonly shapes: ShapeReport[] = [];

  async reportShape(report: ShapeReport): Promise<Answer<ShapeReceipt>> {
    this.shapes.push(report);
    return yes({ status: "kept" });
  }

  async packUpdates(etag: string | null): Promise<Answer<SignedText>> {
    this.updatesAsked.push(etag);
    return this.updates === null ? no(404) : yes(await this.signer.signed(this.updates), "u-1");
  }

  async key(): Promise<Answer<{ public_key: string }>> {
    return yes({ public_key: this.signer.public_key });
  }

  /** What became of the rights that were asked for: the next answers, else what a server would do. */
  rights: Answer<never>[] = [];
  countries: (string | null)[] = [];

  async exported(format: "json" | "csv"): Promise<Answer<string>> {
    return this.rights.shift() ?? yes(`${format}: ${this.rows.size}`);
  }

  async erase(): Promise<Answer<Erased>> {
    const trouble = this.rights.shift();
    if (trouble) return trouble;
    const observations = this.rows.size;
    this.rows.clear();
    return yes({
      contributor_id: "0190-c",
      observations,
      overheads: 0,
      gone_from_releases_by: "2026-12-21",
    });
  }

  async move(country: string | null): Promise<Answer<never>> {
    this.countries.push(country);
    return this.rights.shift() ?? yes({} as never);
  }

  private receive({ id, revision }: { id: string; revision: number }): Receipt {
    if (this.refused.has(id)) return { id, status: "refused", reason: "too_old", detail: "long ago" };
    const known = this.rows.get(id);
    if (known !== undefined && known >= revision)
      return { id, status: known === revision ? "duplicate" : "stale" };
    this.rows.set(id, revision);
    return { id, status: known === undefined ? "accepted" : "updated" };
  }
}

export function yes<T>(value: T, etag: string | null = null): Extract<Answer<T>, { kind: "yes" }> {
  return { kind: "yes", value, etag };
}

export function no(status: number, retry_after_seconds: number | null = null): Answer<never> {
  return { kind: "no", status, retry_after_seconds, is_ours: true };
}

let databases = 0;

/** A name for a database nobody else uses. */
export function freshName(): string {
  databases += 1;
  return `taskwage-${databases}`;
}

/** A world with both switches on. Give `name` to open the same device again after a crash. */
export async function world(name = freshName()): Promise<World> {
  const database: Database = await openDatabase(name);
  let now = NOON;
  let drawn = 0;
  const draw = (): number => {
    drawn += 37;
    return drawn % 256;
  };
  return {
    database,
    server: new FakeServer(),
    settings: settingsInMemory(),
    key: null,
    version: "0.2.0",
    now: () => now,
    pass: (seconds) => {
      now += seconds * 1000;
    },
    random: (count) => Uint8Array.from({ length: count }, draw),
    chance: () => 0.5,
    breathe: async () => undefined,
  };
}

function settingsInMemory(): Settings {
  const item = <T>(key: string, value: T): Item<T> => ({
    key,
    get: async () => value,
    set: async (next) => {
      value = next;
    },
  });
  return {
    consent: item("consent", { ledger: true, sharing: true }),
    country: item<string | null>("country", null),
    home: item<string | null>("home", null),
    country_told: item("country_told", true),
    withheld: item("withheld", {}),
    held: item("held", false),
    fetches_rates: item("fetches_rates", false),
    erasure: item<Awaited<ReturnType<Settings["erasure"]["get"]>>>("erasure", null),
    platforms: item("platforms", {}),
    credentials: item<Awaited<ReturnType<Settings["credentials"]["get"]>>>("credentials", null),
    pause: item<Awaited<ReturnType<Settings["pause"]["get"]>>>("pause", null),
    synced: item("synced", {}),
    key: item<Awaited<ReturnType<Settings["key"]["get"]>>>("key", null),
    unfit: item("unfit", {}),
    taps: item("taps", {}),
    proposals: item("proposals", {}),
    takes_updates: item("takes_updates", true),
    pack_updates: item("pack_updates", NO_UPDATES),
    taught: item<Awaited<ReturnType<Settings["taught"]["get"]>>>("taught", []),
    teaching: item<Awaited<ReturnType<Settings["teaching"]["get"]>>>("teaching", null),
    answered: item<string | null>("answered", null),
    paces: item<Awaited<ReturnType<Settings["paces"]["get"]>>>("paces", { upto: 0, platforms: {} }),
    exchange: item<Awaited<ReturnType<Settings["exchange"]["get"]>>>("exchange", null),
    own_names: item<Record<string, string>>("own_names", {}),
    is_quiet: item("is_quiet", false),
    floor: item("floor", FIRST_FLOOR),
    watchlist: item<WatchList>("watchlist", {}),
    alarm: item("alarm", FIRST_RULES),
    alarm_seen: item<Record<string, Seen>>("alarm_seen", {}),
    memory: item("memory", EMPTY_MEMORY),
    looks: item("looks", {}),
    unseen_ends: item<string[]>("unseen_ends", []),
    storage_failed: item("storage_failed", false),
    sightings: item("sightings", {}),
    health: item("health", {}),
    statements: item("statements", {}),
  };
}

export function task(changes: Partial<TaskReading> = {}): TaskReading {
  return {
    platform: "practice",
    client: { id: "c-1", name: "Bluebird Research" },
    task: { id: "t-1", title: "Describe a photo" },
    reward: { micros: 350_000, currency: "USD" },
    reward_per: "task",
    units: 1,
    limit_seconds: 1800,
    estimate_seconds: 240,
    pack: { slug: "practice", version: 1 },
    ...changes,
  };
}

export function attempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    id: ID,
    revision: 0,
    platform: "practice",
    attempt: "a-1",
    task: task(),
    works: "here",
    claimed_at: NOON,
    seen_at: NOON,
    active_seconds: 0,
    ...changes,
  };
}

export function record(changes: Partial<LedgerRecord> = {}): LedgerRecord {
  const made = {
    id: ID,
    revision: 1,
    is_shared: true,
    is_own: true,
    platform: "practice",
    attempt: "a-1",
    task: task(),
    works: "here" as const,
    claimed_at: NOON,
    ended_at: NOON + 300_000,
    active_seconds: 240.4,
    corrected_seconds: null,
    outcome: "submitted" as const,
    paid: null,
    bonus: null,
    decided_on: null,
    told_on: null,
    overruled: null,
    end_imputed: false,
    refusal: null,
    ...changes,
  };
  return { client_key: clientName(made.task), day: dayOf(made.ended_at), ...made };
}
