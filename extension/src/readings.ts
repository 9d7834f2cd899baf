/** What a page tells: the only shapes that leave `page/`. Nothing here holds a worker id, a token or task content. */

import type { Client, Money, PackVersion, RewardPer, Task } from "./generated/contract";

/** A posted task as a listing row or a work page shows it. */
export interface TaskReading {
  platform: string;
  client: Client | null;
  task: Task;
  reward: Money | null;
  reward_per: RewardPer;
  units: number;
  limit_seconds: number | null;
  estimate_seconds: number | null;
  pack: PackVersion;
}

/** How an attempt can end. */
export type Ending = "submitted" | "returned" | "expired" | "screened_out" | "abandoned";

/** A decision that a status page shows about an earlier attempt. */
export interface LaterOutcome {
  attempt: string;
  outcome: "approved" | "rejected" | "paid" | "returned" | "expired" | "screened_out";
  paid: Money | null;
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
