/**
 * Joins lines of a status page or of a platform's own file with the records they speak of.
 *
 * A name decides where there is one. Without it start, title, client and pay do. A line takes at most one record and a record
 * at most one line. Where two would fit equally, none is taken: nothing is ever written on a wrong record.
 */

import type { Money, Outcome } from "../../generated/contract";
import type { LaterOutcome, RecordOutcome } from "../../model/readings";
import type { Writing } from "../../platform/database";
import { titleGroup } from "../snapshot/keys";
import { daysBetween, isSubmitted } from "./amounts";
import { baseName } from "./attempt_name";
import { isSameMoney, type LedgerRecord } from "./record";

const DAY_MS = 86_400_000;
/** Between the claim as we saw it and as the platform wrote it down. */
const CLOCKS_APART_MS = 10 * 60_000;
const UNDECIDED: ReadonlySet<RecordOutcome> = new Set(["submitted", "abandoned", "end_unseen"]);

/** What tells the attempt of a line from others. Null: the line does not say. */
export interface Line {
  /** The platform's own name of the attempt, or of its task. */
  attempt: string | null;
  title: string | null;
  /** Who pays, as the platform names them. */
  client: string | null;
  /** The instant of the claim. */
  started: number | null;
  /** The calendar day of the attempt. */
  day: string | null;
  /** The listed pay. */
  pay: Money | null;
  outcome: Outcome;
  paid: Money | null;
}

/** "unsure": several records may be meant, or several lines mean one. */
export type Joined = LedgerRecord | "unsure" | null;

/** What the platform's own name of an attempt names, as its pack says. */
export type Named = "attempt" | "task";

/** The record of each line, in the order of the lines. */
export async function findRecords(
  writing: Writing,
  platform: string,
  lines: readonly Line[],
  named: Named,
): Promise<Joined[]> {
  const near = new Map<string, LedgerRecord>();
  for (const line of lines) {
    for (const record of await candidates(writing, platform, line)) near.set(record.id, record);
  }
  return joinLines(lines, [...near.values()], named);
}

/** A later outcome of a status page as a line. */
export function lineOf({ attempt, title, day, outcome, paid }: LaterOutcome): Line {
  const unsaid = { client: null, started: null, pay: null };
  return { ...unsaid, attempt, title: title ?? null, day: day ?? null, outcome, paid };
}

/** The newest record of this name, also where the name is only that of its task. */
export async function recordedAs(
  writing: Writing,
  platform: string,
  attempt: string,
): Promise<LedgerRecord | undefined> {
  return (await namedAs(writing, platform, attempt)).at(0);
}

async function candidates(writing: Writing, platform: string, line: Line): Promise<LedgerRecord[]> {
  const byName = line.attempt === null ? [] : await namedAs(writing, platform, line.attempt);
  const instant = line.started ?? (line.day === null ? Number.NaN : Date.parse(line.day));
  if (Number.isNaN(instant)) return byName;
  const around = IDBKeyRange.bound(instant - 2 * DAY_MS, instant + 3 * DAY_MS);
  const near = await writing.objectStore("records").index("by_ended").getAll(around);
  return [...byName, ...near.filter((record) => record.platform === platform)];
}

/** Records of this name, the newest first. */
async function namedAs(writing: Writing, platform: string, attempt: string): Promise<LedgerRecord[]> {
  const names = IDBKeyRange.bound([platform, attempt], [platform, `${attempt} \uffff`]);
  const found = await writing.objectStore("records").index("by_attempt").getAll(names);
  return found
    .filter((record) => record.attempt === attempt || baseName(record.attempt) === attempt)
    .sort((one, other) => other.claimed_at - one.claimed_at);
}

/** Joins lines with records of the same platform. */
export function joinLines(lines: readonly Line[], records: readonly LedgerRecord[], named: Named): Joined[] {
  const joining = new Joining(lines, records, named);
  joining.byOwnName();
  joining.byStart();
  joining.byTaskName();
  joining.byDay();
  return lines.map((_, place) => joining.joined.get(place) ?? null);
}

class Joining {
  readonly joined = new Map<number, Joined>();
  private readonly used = new Set<string>();

  constructor(
    private readonly lines: readonly Line[],
    private readonly records: readonly LedgerRecord[],
    private readonly named: Named,
  ) {}

  /** By the name of the attempt itself: every line of it means the same record. */
  byOwnName(): void {
    for (const [place, { attempt }] of this.lines.entries()) {
      if (attempt === null) continue;
      const record = this.records.find(
        (one) => one.site_id === attempt || (this.named === "attempt" && one.attempt === attempt),
      );
      if (record !== undefined) this.join(place, record);
    }
  }

  /** The nearest start first, so that two quick attempts at one task keep their own. */
  byStart(): void {
    const pairs = this.open().flatMap(([place, line]) =>
      this.free(line).flatMap((record) => {
        const apart =
          line.started === null ? Number.POSITIVE_INFINITY : Math.abs(record.claimed_at - line.started);
        return apart <= CLOCKS_APART_MS ? [{ place, record, apart }] : [];
      }),
    );
    for (const { place, record } of pairs.sort((one, other) => one.apart - other.apart)) {
      if (!this.joined.has(place) && !this.used.has(record.id)) this.join(place, record);
    }
  }

  /** The record that says the same already; else the newest that is undecided; else the only one that was handed in. */
  byTaskName(): void {
    for (const [place, line] of this.open()) {
      if (line.attempt === null || line.started !== null) continue;
      const mine = this.records
        .filter((one) => baseName(one.attempt) === line.attempt && !this.used.has(one.id))
        .sort((one, other) => other.claimed_at - one.claimed_at);
      const record =
        mine.find((one) => saysAlready(one, line)) ??
        mine.find(({ outcome }) => UNDECIDED.has(outcome)) ??
        (mine.length === 1 && mayBecome(mine[0], line) ? mine[0] : undefined);
      if (record !== undefined) this.join(place, record);
    }
  }

  /** By title and day, only where one line and one record fit. The site's day may be that of another zone. */
  byDay(): void {
    const lines = this.open().filter(([, { started, day }]) => started === null && day !== null);
    const fits = new Map(lines.map(([place, line]) => [place, this.onDay(line)]));
    for (const [place, fitting] of fits) {
      const [record, ...more] = fitting;
      if (record === undefined) continue;
      const rivals = [...fits.values()].filter((others) => others.includes(record)).length;
      if (more.length > 0 || rivals > 1) this.joined.set(place, "unsure");
      else this.join(place, record);
    }
  }

  private onDay(line: Line): LedgerRecord[] {
    const alike = this.free(line);
    const exact = alike.filter(({ day }) => day === line.day);
    return exact.length > 0
      ? exact
      : alike.filter(({ day }) => line.day !== null && apart(day, line.day) <= 1);
  }

  private open(): [number, Line][] {
    return [...this.lines.entries()].filter(([place]) => !this.joined.has(place));
  }

  /** Records that may be meant by a line whose name none of them has. */
  private free(line: Line): LedgerRecord[] {
    return this.records.filter(
      (record) => !this.used.has(record.id) && this.mayDiffer(record, line) && isAlike(record, line),
    );
  }

  /** Two names of attempts are two attempts; a task's name says nothing of that. */
  private mayDiffer({ attempt, site_id }: LedgerRecord, line: Line): boolean {
    if (line.attempt === null) return true;
    if (site_id != null) return site_id === line.attempt;
    return this.named === "task" || attempt.startsWith(" ");
  }

  private join(place: number, record: LedgerRecord): void {
    this.joined.set(place, record);
    this.used.add(record.id);
  }
}

/** A decision may change; what was never handed in is not decided. */
function mayBecome(record: LedgerRecord | undefined, { outcome }: Line): boolean {
  return record !== undefined && (isSubmitted(record.outcome) || !isSubmitted(outcome));
}

function saysAlready(record: LedgerRecord, { outcome, paid }: Line): boolean {
  return record.outcome === outcome && (paid === null || isSameMoney(paid, record.paid));
}

/** A record as a line that speaks of it. */
export function lineOfRecord({ attempt, task, claimed_at, day, paid }: LedgerRecord): Line {
  return {
    attempt,
    title: task.task.title,
    client: task.client?.name ?? null,
    started: claimed_at,
    day,
    pay: task.reward,
    outcome: "submitted",
    paid,
  };
}

/** Nothing that both say contradicts. */
export function isAlike({ task }: LedgerRecord, { title, client, pay }: Line): boolean {
  if (title === null || titleGroup(task.task.title) !== titleGroup(title)) return false;
  const name = task.client?.name ?? null;
  if (name !== null && client !== null && titleGroup(name) !== titleGroup(client)) return false;
  const { reward } = task;
  const isComparable = pay !== null && reward?.currency === pay.currency && task.reward_per === "task";
  return !isComparable || reward.micros === pay.micros;
}

function apart(one: string, other: string): number {
  return Math.max(daysBetween(one, other), daysBetween(other, one));
}
