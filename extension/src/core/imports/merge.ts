/** Takes a history into the ledger: settles what was timed here, adds what was not, doubles nothing however often it comes. */

import { sha256 } from "@noble/hashes/sha2.js";
import type { Money } from "../../generated/contract";
import type { LaterOutcome } from "../../model/readings";
import { type Database, strictly, type Writing } from "../../platform/database";
import type { Settings } from "../../platform/storage";
import { decided } from "../ledger/apply_outcome";
import { putRecord } from "../ledger/keep";
import type { LedgerRecord } from "../ledger/record";
import { type Agreement, agreement } from "../outbox/agreement";
import { timeOrderedId } from "../outbox/id";
import { enqueue } from "../outbox/outbox";
import { clientName } from "../snapshot/keys";
import { dayOf } from "../timer/hour";
import { shared } from "./apportion";
import { type Entry, isLeftOut, type LeftOut, Reader, type Reason } from "./entry";
import type { Format } from "./format";
import { instantOf, type Joined, joinEntries } from "./join";
import { type Answers, mannerOf } from "./manner";
import type { Sheet } from "./sheet";

/** How many rows were left out for a reason, the first of them, and the words that are not known. */
export interface LeftOutRows {
  rows: number;
  example: LeftOut;
  words: string[];
}

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
  left_out: Partial<Record<Reason, LeftOutRows>>;
}

/** Marks an attempt that the platform did not name. */
const UNNAMED = "import-";
const AT_ONCE = 500;
const MOST_WORDS = 10;
const NOON_MS = 12 * 3_600_000;
/** Nobody saw how these ended; a file that says "handed in" is news. */
const UNSEEN: ReadonlySet<string> = new Set(["abandoned", "end_unseen"]);

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
  answers: Answers = {},
): Promise<TakenIn> {
  const { entries, left_out } = readAll(sheet, format, answers);
  const taken: TakenIn = { rows: sheet.rows.length, added: 0, untimed: 0, settled: 0, known: 0, left_out };
  const taking = { format, agreed: await agreement(settings), today: dayOf(now), taken };
  const { slug: platform, attempt_is: named } = format.pack;
  const joining = { platform, named, used: new Set<string>() };
  const timed = withTime(entries).toSorted((one, other) => (instantOf(one) ?? 0) - (instantOf(other) ?? 0));
  for (let from = 0; from < timed.length; from += AT_ONCE) {
    await strictly(database, async (writing) => {
      const some = timed.slice(from, from + AT_ONCE);
      const joined = await joinEntries(writing, some, joining);
      for (const [place, entry] of some.entries())
        await takeEntry(writing, entry, joined[place] ?? null, taking);
    });
  }
  return taken;
}

/** What became of the parts of one file together. */
export function addTaken(one: TakenIn, other: TakenIn): TakenIn {
  const left_out = { ...one.left_out };
  for (const [reason, more] of Object.entries(other.left_out) as [Reason, LeftOutRows][]) {
    const known = left_out[reason];
    const words = [...new Set([...(known?.words ?? []), ...more.words])];
    left_out[reason] = known === undefined ? more : { ...known, rows: known.rows + more.rows, words };
  }
  const sums = (["rows", "added", "untimed", "settled", "known"] as const).map((name) => [
    name,
    one[name] + other[name],
  ]);
  return { ...one, ...Object.fromEntries(sums), left_out };
}

/** The attempts of a file, and its rows that are none. */
export function readAll(
  sheet: Sheet,
  format: Format,
  answers: Answers = {},
): { entries: Entry[]; left_out: TakenIn["left_out"] } {
  const reader = new Reader(sheet, format, mannerOf(sheet, format, answers).manner);
  const left_out: TakenIn["left_out"] = {};
  const entries: Entry[] = [];
  for (const row of sheet.rows) {
    const read = reader.read(row);
    if (isLeftOut(read)) leaveOut(left_out, read);
    else entries.push(read);
  }
  return { entries: attemptsOf(withDays(entries), format), left_out };
}

function leaveOut(left_out: TakenIn["left_out"], row: LeftOut): void {
  const known = left_out[row.reason];
  const { rows, example, words } = known ?? { rows: 0, example: row, words: [] };
  const isNew = row.cell !== null && !words.includes(row.cell) && words.length < MOST_WORDS;
  left_out[row.reason] = { rows: rows + 1, example, words: isNew ? [...words, row.cell ?? ""] : words };
}

/** A row without any time, such as a place that was given back, is put on the day of its neighbour in the file. */
function withDays(entries: readonly Entry[]): Entry[] {
  const days: (string | null)[] = entries.map(({ day }) => day);
  for (let place = 1; place < days.length; place += 1) days[place] ??= days[place - 1] ?? null;
  for (let place = days.length - 2; place >= 0; place -= 1) days[place] ??= days[place + 1] ?? null;
  return entries.map((entry, place) => ({
    ...entry,
    day: entry.is_named ? entry.day : (days[place] ?? null),
  }));
}

/** Rows of one attempt become one. Rows that the platform did not name are numbered among their like. */
function attemptsOf(entries: readonly Entry[], { kind, pack }: Format): Entry[] {
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

/** Parts of one attempt. While one part is undecided, all of it is owed. */
function together(one: Entry, other: Entry): Entry {
  const seconds = one.seconds === null ? other.seconds : one.seconds + (other.seconds ?? 0);
  const bonus = sum(one.bonus, other.bonus);
  const owed = [one, other].find(({ outcome }) => outcome === "submitted");
  if (owed === undefined) {
    const reward = one.reward ?? other.reward;
    return { ...one, seconds, reward, paid: sum(one.paid, other.paid), bonus };
  }
  const reward = sum(one.paid ?? one.reward, other.paid ?? other.reward);
  return { ...owed, line: one.line, seconds, reward, reward_per: "task", paid: null, bonus };
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

async function takeEntry(writing: Writing, entry: Timed, joined: Joined, taking: Taking): Promise<void> {
  const { format, agreed, today, taken } = taking;
  if (joined === "unsure") return leaveOut(taken.left_out, leftOut(entry, "unsure"));
  if (joined !== null) {
    const news = settled(joined, entry, today);
    const isNews = news.revision !== joined.revision;
    taken[isNews ? "settled" : "known"] += 1;
    if (news === joined) return;
    if (isNews && agreed(news.platform).sharing) await enqueue(writing, news);
    return putRecord(writing, news);
  }
  const record = recordOf(entry, format, today);
  if (typeof record === "string") return leaveOut(taken.left_out, leftOut(entry, record));
  taken.added += 1;
  if (record.is_untimed) taken.untimed += 1;
  return putRecord(writing, record);
}

function leftOut({ line, title }: Entry, reason: Reason): LeftOut {
  return { reason, line, column: null, cell: title };
}

/** The record with what the file says of it; the same record where that is nothing new. */
function settled(record: LedgerRecord, entry: Entry, today: string): LedgerRecord {
  const { attempt, is_named, outcome } = entry;
  const isOtherName = is_named && record.attempt !== attempt && record.site_id !== attempt;
  const named = isOtherName ? { ...record, site_id: attempt } : record;
  if (outcome === "submitted") {
    const isNews = UNSEEN.has(record.outcome);
    return isNews ? { ...named, outcome, revision: record.revision + 1, refusal: null } : named;
  }
  return decided(named, laterOf(entry, outcome), today);
}

function laterOf({ attempt, paid, bonus }: Entry, outcome: LaterOutcome["outcome"]): LaterOutcome {
  const pay = payOf(paid, bonus);
  return { attempt, outcome, paid, bonus: pay.bonus, other_paid: pay.other_paid };
}

function recordOf(entry: Timed, { pack }: Format, today: string): LedgerRecord | "no_day" | "in_the_future" {
  const {
    attempt,
    title,
    client,
    task_id,
    started,
    ended,
    day,
    reward,
    reward_per,
    outcome,
    worked_seconds,
  } = entry;
  if (day === null) return "no_day";
  if (day > today) return "in_the_future";
  const claimed_at = started ?? Date.parse(day) + NOON_MS;
  const ended_at = ended ?? claimed_at + (worked_seconds ?? 0) * 1000;
  const task = {
    platform: pack.slug,
    client: client && { id: client.id, name: client.name },
    task: { id: task_id, title },
    reward,
    reward_per,
    units: 1,
    limit_seconds: null,
    estimate_seconds: null,
    pack: { slug: pack.slug, version: pack.version },
  };
  const { paid, bonus, other_paid } = payOf(entry.paid, entry.bonus);
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
    paid,
    bonus,
    ...(other_paid.length > 0 ? { other_paid } : {}),
    decided_on: null,
    overruled: null,
    end_imputed: false,
    refusal: null,
  };
}

/** Pay and bonus of one attempt; a bonus in another currency is kept beside them, never added. */
export function payOf(
  base: Money | null,
  bonus: Money | null,
): Pick<LedgerRecord, "paid"> & { bonus: Money | null; other_paid: Money[] } {
  if (bonus === null || bonus.micros === 0) return { paid: base, bonus: null, other_paid: [] };
  if (base === null || base.micros === 0) return { paid: bonus, bonus, other_paid: [] };
  if (base.currency !== bonus.currency) return { paid: base, bonus: null, other_paid: [bonus] };
  return { paid: sum(base, bonus), bonus, other_paid: [] };
}

/** Of two currencies the first alone. */
function sum(one: Money | null, other: Money | null): Money | null {
  if (one === null || other === null) return one ?? other;
  return one.currency === other.currency ? { ...one, micros: one.micros + other.micros } : one;
}

function digest(words: string): string {
  const bytes = sha256(new TextEncoder().encode(words)).slice(0, 12);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
