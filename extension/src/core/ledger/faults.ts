/** Records of earlier versions that look wrong, by faults that are known: each is listed once, and mended or left by the worker. Pure. */

import type { RecordOutcome } from "../../model/readings";
import { mostUnseenSeconds } from "../timer/sharing";
import { rounded } from "./correction";
import { isAlike, lineOfRecord } from "./find_record";
import { type LedgerRecord, timeAfter } from "./record";

export type FaultKind =
  /** Its end was not seen, and it was taken for abandoned. */
  | "end_unseen"
  /** The popup offered half of the time, and no other answer. */
  | "halved_time"
  /** Open time of work elsewhere was counted for hours. */
  | "too_long"
  /** Pay that is not decided was taken for none. */
  | "paid_nothing"
  /** One attempt is recorded twice: as it was timed, and as a file named it. */
  | "double"
  /** Nothing is wrong: the worker said its time. The server is to know that it is no answer of the popup. */
  | "as_said";

export interface Fault {
  /** The record's. */
  id: string;
  kind: FaultKind;
  /** Of an attempt that is recorded twice: the record that goes. */
  other?: string;
}

/** Earlier versions shared open time for up to four hours. */
const MOST_BEFORE_SECONDS = 4 * 3600;
const CLOCKS_APART_MS = 10 * 60_000;
/** What an earlier version had of a record whose end was not seen. */
const UNSEEN_BEFORE: RecordOutcome = "abandoned";

/** A record of an earlier version as this one has it: an end that nobody saw is not known, unless the worker said it. */
export function upToDate(record: LedgerRecord): LedgerRecord {
  const isUnseen = record.outcome === UNSEEN_BEFORE && record.end_imputed && record.overruled === null;
  return isUnseen ? { ...record, outcome: "end_unseen" } : record;
}

/** The faults of `records`, as far as this version did not time them or the worker did not look at them already. */
export function faultsOf(records: readonly LedgerRecord[]): Fault[] {
  const older = records.filter(({ is_own, extension_version }) => is_own && extension_version === undefined);
  const doubles = doublesOf(older);
  const gone = new Set(doubles.map(({ other }) => other));
  const single = older
    .filter(({ id }) => !gone.has(id) && !doubles.some((one) => one.id === id))
    .flatMap((record) => faultOf(record) ?? []);
  return [...doubles, ...single];
}

function faultOf(record: LedgerRecord): Fault | null {
  const { id, outcome, corrected_seconds, active_seconds, works, task, paid } = record;
  if (outcome === "end_unseen") return { id, kind: "end_unseen" };
  if (corrected_seconds !== null && corrected_seconds === rounded(active_seconds / 2))
    return { id, kind: "halved_time" };
  if (record.is_shared && (record.by_hand === true || corrected_seconds !== null))
    return { id, kind: "as_said" };
  const isTimed = record.by_hand !== true && record.is_untimed !== true && corrected_seconds === null;
  if (isTimed && works === "elsewhere" && active_seconds > longest(record)) return { id, kind: "too_long" };
  const isDue = outcome === "submitted" || outcome === "approved" || outcome === "paid";
  if (isDue && paid?.micros === 0 && (task.reward?.micros ?? 0) > 0) return { id, kind: "paid_nothing" };
  return null;
}

function longest({ task }: LedgerRecord): number {
  return Math.min(mostUnseenSeconds(task), MOST_BEFORE_SECONDS - 1);
}

/** Two names of one attempt: the same title, client and pay, begun at the same time. The one that was timed stays. */
function doublesOf(records: readonly LedgerRecord[]): Fault[] {
  const byStart = records.toSorted((one, other) => one.claimed_at - other.claimed_at);
  const gone = new Set<string>();
  return byStart.flatMap((record, place) => {
    if (gone.has(record.id)) return [];
    const twin = byStart
      .slice(place + 1)
      .find((one) => one.claimed_at - record.claimed_at <= CLOCKS_APART_MS && isTwin(record, one));
    if (twin === undefined || gone.has(twin.id)) return [];
    const [timed, filed] = isFiled(record) ? [twin, record] : [record, twin];
    gone.add(twin.id).add(record.id);
    return [{ id: timed.id, kind: "double" as const, other: filed.id }];
  });
}

function isTwin(one: LedgerRecord, other: LedgerRecord): boolean {
  if (one.platform !== other.platform || one.attempt === other.attempt) return false;
  return isFiled(one) !== isFiled(other) && isAlike(one, lineOfRecord(other));
}

/** Taken in from the platform's own file, which states no limit and no estimate. */
function isFiled({ works, is_shared, task }: LedgerRecord): boolean {
  return works === "elsewhere" && !is_shared && task.limit_seconds === null && task.estimate_seconds === null;
}

/** The record without its fault. What became of an end that nobody saw only the worker can say. */
export function mended(record: LedgerRecord, { kind }: Fault, twin: LedgerRecord | undefined): LedgerRecord {
  switch (kind) {
    case "halved_time":
      return { ...record, corrected_seconds: null };
    case "too_long":
      return { ...record, active_seconds: longest(record) };
    case "paid_nothing":
      return { ...record, outcome: "submitted", paid: null, decided_on: null };
    case "double":
      return twin === undefined ? record : withTwin(record, twin);
    case "end_unseen":
    case "as_said":
      return record;
  }
}

function withTwin(record: LedgerRecord, twin: LedgerRecord): LedgerRecord {
  const isNews = record.outcome === "submitted" || record.outcome === "end_unseen";
  const { outcome, paid, bonus = null, decided_on } = twin;
  const decision = isNews ? { outcome, paid, bonus, decided_on, ...timeAfter(record, outcome) } : {};
  return { ...record, ...decision, site_id: twin.attempt };
}
