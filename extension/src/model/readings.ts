/** What a page tells: the only shapes that leave `core/page/`. Nothing here holds a worker id, a token or task content. */

import type { Client, Money, Outcome, PackVersion, RewardPer, Task } from "../generated/contract";

/** A posted task as a listing row or a work page shows it. */
export interface TaskReading {
  platform: string;
  client: Client | null;
  /** Its title is "" on the page of a claimed task that names none; the background knows it from the listing, or drops the claim. */
  task: Task;
  reward: Money | null;
  /** The upper end where the site names a range; `reward` is the lower one. */
  reward_to?: Money;
  reward_per: RewardPer;
  /** Absent: ordinary work. */
  pay_kind?: "training";
  /** The most time that the site pays for, where it says so. */
  cap_seconds?: number;
  units: number;
  limit_seconds: number | null;
  estimate_seconds: number | null;
  pack: PackVersion;
}

/** A posted task and by what the pages that it leads to name it. */
export interface Posted {
  key: string;
  task: TaskReading;
}

/** An open attempt, as a list of them shows it. */
export interface HeldAttempt {
  attempt: string;
  task: TaskReading;
  elapsed_seconds: number;
}

/** Begins the name of an attempt that the site gives none; no id read from a page begins with a blank. */
export const MADE_NAME = " ";

/** The answer to a beat: "claim" the attempt again, since nobody knows it; or stop, since it is "over". */
export type BeatAnswer = "claim" | "over" | null;

/** How an attempt can end. */
export type Ending = "submitted" | "returned" | "expired" | "screened_out" | "abandoned" | "end_unseen";

/** What became of an attempt, on this device: how it ended may not be known, and then nothing of it is sent. */
export type RecordOutcome = Outcome | "end_unseen";

/** A decision that a status page shows about an earlier attempt. */
export interface LaterOutcome {
  /** Null where the site does not say which; then `title` and `day` find it. */
  attempt: string | null;
  outcome: "approved" | "rejected" | "paid" | "returned" | "expired" | "screened_out";
  /** Without the bonus where one is told beside it. */
  paid: Money | null;
  bonus?: Money | null;
  /** What was paid in other currencies than `paid`, one amount a currency. */
  other_paid?: Money[];
  /** The time that the site paid for. */
  paid_seconds?: number | null;
  title?: string | null;
  /** The calendar day of the attempt. */
  day?: string | null;
  /** The calendar day of the decision, where the site says it. */
  decided_on?: string | null;
  /** Told by the site's network answers alone: nothing of it stands on the page. */
  is_unseen?: boolean;
}

/** Time no task pays for, by class. */
export type OverheadClass =
  | "search"
  | "watch"
  | "preview"
  | "qualification"
  | "messages"
  | "payment"
  | "learning";

/** What one page in front of the worker is, so that the time on it is counted for the right thing. */
export type Subject =
  | { kind: "task"; platform: string; attempt: string }
  | { kind: "overhead"; platform: string; overhead: OverheadClass }
  | { kind: "none" };
