/** Takes a history into the ledger: settles what was timed here, adds what was not, doubles nothing however often it comes. */

import { sha256 } from "@noble/hashes/sha2.js";
import type { LaterOutcome } from "../../model/readings";
import { type Database, strictly, type Writing } from "../../platform/database";
import type { Settings } from "../../platform/storage";
import { daysBetween } from "../ledger/amounts";
import { decided } from "../ledger/apply_outcome";
import { recordedAs } from "../ledger/find_record";
import { putRecord } from "../ledger/keep";
import type { LedgerRecord } from "../ledger/record";
import { type Agreement, agreement } from "../outbox/agreement";
import { timeOrderedId } from "../outbox/id";
import { enqueue } from "../outbox/outbox";
import { clientName, titleGroup } from "../snapshot/keys";
import { dayOf } from "../timer/hour";
import { shared } from "./apportion";
import { type Entry, entryOf, type Reason, sum } from "./entry";
import type { Format } from "./format";
import type { Sheet } from "./sheet";

/** What became of a file's rows. */
export interface TakenIn {
  rows: number;
  added: number;
  /** Of those added, without a time: their pay counts, in no rate. */
  untimed: number;
  /** Timed here before: the outcome or the pay is news. */
  settled: number;
  /** Known already. */
  known: number;
  left_out: Partial<Record<Reason | "unsure", number>>;
}

/** Marks an attempt that the platform did not name. */
const UNNAMED = "import-";
const AT_ONCE = 500;
const DAY_MS = 86_400_000;
const NOON_MS = 12 * 3_600_000;
/** Between the claim as we saw it and as the platform wrote it down. */
const CLOCKS_APART_MS = 10 * 60_000;

interface Taking {
  format: Format;
  agreed: Agreement;
  today: string;
  taken: TakenIn;
}

export async function takeIn(
  {
    database,
    settings,
    now,
  }: { database: Database; settings: Pick<Settings, "consent" | "withheld">; now: number },
  sheet: Sheet,
  format: Format,
): Promise<TakenIn> {
  const taken: TakenIn = {
    rows: sheet.rows.length,
    added: 0,
    untimed: 0,
    settled: 0,
    known: 0,
    left_out: {},
  };
  const read = sheet.rows.map((row) => entryOf(row, format));
  for (const reason of read.filter((one) => typeof one === "string")) count(taken, reason);
  const entries = whole(
    read.filter((one) => typeof one !== "string"),
    format,
  );
  const taking = { format, agreed: await agreement(settings), today: dayOf(now), taken };
  const timed = withTime(entries);
  for (let from = 0; from < timed.length; from += AT_ONCE) {
    await strictly(database, async (writing) => {
      for (const entry of timed.slice(from, from + AT_ONCE)) await takeEntry(writing, entry, taking);
    });
  }
  return taken;
}

function count({ left_out }: TakenIn, reason: Reason | "unsure"): void {
  left_out[reason] = (left_out[reason] ?? 0) + 1;
}

/** Rows of one attempt become one. What the platform did not name is told apart by its place among its like. */
function whole(entries: readonly Entry[], { kind, pack }: Format): Entry[] {
  const byAttempt = new Map<string, Entry>();
  const alike = new Map<string, number>();
  for (const entry of entries) {
    const place = alike.get(entry.attempt) ?? 0;
    alike.set(entry.attempt, place + 1);
    const attempt = entry.is_named
      ? entry.attempt
      : UNNAMED + digest(`${pack.slug}\n${entry.attempt}\n${place}`);
    const known = byAttempt.get(attempt);
    byAttempt.set(attempt, known && kind.has_parts ? together(known, entry) : { ...entry, attempt });
  }
  return [...byAttempt.values()];
}

function together(one: Entry, other: Entry): Entry {
  const seconds = one.seconds === null ? other.seconds : one.seconds + (other.seconds ?? 0);
  const bonus = sum(one.bonus, other.bonus);
  return { ...one, seconds, reward: one.reward ?? other.reward, paid: sum(one.paid, other.paid), bonus };
}

interface Timed extends Entry {
  /** Null where nobody knows. */
  worked_seconds: number | null;
}

/** Where the file tells no time of work, that between start and end is shared among what was open at once. */
function withTime(entries: readonly Entry[]): Timed[] {
  const open = entries.flatMap(({ started, ended }, place) =>
    started !== null && ended !== null && ended >= started ? [{ started, ended, place }] : [],
  );
  const seconds = new Map(shared(open).map((part, place) => [open[place]?.place, part]));
  return entries.map((entry, place) => ({
    ...entry,
    worked_seconds: entry.seconds ?? seconds.get(place) ?? null,
  }));
}

async function takeEntry(writing: Writing, entry: Timed, taking: Taking): Promise<void> {
  const { format, agreed, today, taken } = taking;
  const known = await knownAs(writing, entry, format.pack.slug);
  if (known === "unsure") return count(taken, "unsure");
  if (known !== null) {
    const later = laterOf(entry);
    const news = later === null ? known : decided(known, later, today);
    taken[news === known ? "known" : "settled"] += 1;
    if (news === known) return;
    if (agreed(news.platform).sharing) await enqueue(writing, news);
    return putRecord(writing, news);
  }
  const record = recordOf(entry, format, today);
  if (record === null) return count(taken, "no_day");
  taken.added += 1;
  if (record.is_untimed) taken.untimed += 1;
  return putRecord(writing, record);
}

/** The record of an entry, timed here or taken in before; "unsure" where several may be it. */
async function knownAs(
  writing: Writing,
  entry: Entry,
  platform: string,
): Promise<LedgerRecord | null | "unsure"> {
  const same = await recordedAs(writing, platform, entry.attempt);
  if (same !== undefined || entry.day === null || entry.is_named) return same ?? null;
  const midday = entry.started ?? Date.parse(entry.day) + NOON_MS;
  const around = IDBKeyRange.bound(midday - 2 * DAY_MS, midday + 2 * DAY_MS);
  const near = await writing.objectStore("records").index("by_ended").getAll(around);
  const alike = near.filter(
    ({ platform: site, attempt, task, is_untimed }) =>
      site === platform &&
      !attempt.startsWith(UNNAMED) &&
      !is_untimed &&
      titleGroup(task.task.title) === titleGroup(entry.title),
  );
  const { started, day } = entry;
  const fitting =
    started === null
      ? alike.filter((one) => daysBetween(one.day, day) === 0 && daysBetween(day, one.day) === 0)
      : alike.filter(({ claimed_at }) => Math.abs(claimed_at - started) <= CLOCKS_APART_MS);
  if (fitting.length > 1) return "unsure";
  return fitting[0] ?? null;
}

function laterOf({ attempt, outcome, paid, bonus }: Entry): LaterOutcome | null {
  if (outcome === "submitted" || outcome === "abandoned") return null;
  return { attempt, outcome, paid, bonus };
}

function recordOf(entry: Timed, { pack, kind }: Format, today: string): LedgerRecord | null {
  const { attempt, title, client, task_id, started, ended, day, reward, outcome, worked_seconds } = entry;
  if (day === null || day > today) return null;
  const claimed_at = started ?? Date.parse(day) + NOON_MS;
  const ended_at = ended ?? claimed_at + (worked_seconds ?? 0) * 1000;
  const task = {
    platform: pack.slug,
    client: client && { id: client.id, name: client.name },
    task: { id: task_id, title },
    reward,
    reward_per: kind.reward_per,
    units: 1,
    limit_seconds: null,
    estimate_seconds: null,
    pack: { slug: pack.slug, version: pack.version },
  };
  return {
    id: timeOrderedId(claimed_at, sha256(new TextEncoder().encode(`${pack.slug}\n${attempt}`)).slice(0, 10)),
    revision: 1,
    is_shared: false,
    is_own: true,
    platform: pack.slug,
    attempt,
    task,
    client_key: clientName(task),
    works: "elsewhere",
    claimed_at,
    ended_at,
    day: started === null && ended === null ? day : dayOf(ended_at),
    active_seconds: worked_seconds ?? 0,
    ...(worked_seconds === null ? { is_untimed: true } : {}),
    corrected_seconds: null,
    outcome,
    paid: sum(entry.paid, entry.bonus),
    bonus: entry.bonus,
    decided_on: null,
    overruled: null,
    end_imputed: false,
    refusal: null,
  };
}

function digest(words: string): string {
  const bytes = sha256(new TextEncoder().encode(words)).slice(0, 12);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
