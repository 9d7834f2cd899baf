/**
 * What a site's network answers said of pay, while no page showed it: kept apart, until a page does or the worker says so.
 * The page's world can say anything through the tap, so nothing of it becomes approved or paid by itself.
 */

import type { Money, Outcome } from "../../generated/contract";
import type { LaterOutcome, RecordOutcome } from "../../model/readings";
import { isSameAmounts, isSameDecision, type LedgerRecord } from "../ledger/record";

export interface Proposal {
  platform: string;
  title: string;
  outcome: Outcome;
  paid: Money | null;
  /** What came in other currencies, and the time that was paid for, where the site says so. */
  other_paid?: Money[];
  paid_seconds?: number;
  on: string;
  /** The worker said that it is not so: said again, it is not asked again. */
  is_declined?: boolean;
}

/** More than anybody confirms; the oldest go. */
export const MOST_PROPOSALS = 100;

const UNDECIDED: ReadonlySet<RecordOutcome> = new Set(["submitted", "abandoned", "end_unseen"]);

/** Whether only the worker can say that it is so: pay that no page shows, and what would undo a decision. */
export function needsWorker(record: LedgerRecord, later: LaterOutcome): boolean {
  if (!later.is_unseen) return false;
  const isUndecided = UNDECIDED.has(record.outcome);
  const pays = [later.paid, later.bonus, ...(later.other_paid ?? [])].some(
    (money) => money != null && money.micros > 0,
  );
  return !isUndecided || pays || later.outcome === "approved" || later.outcome === "paid";
}

/** What to ask; null where the record says so already. */
export function proposed(record: LedgerRecord, news: LedgerRecord, today: string): Proposal | null {
  const { outcome } = news;
  if (news === record || outcome === "end_unseen") return null;
  const { platform, task } = record;
  const { paid, other_paid, paid_seconds } = news;
  return {
    platform,
    title: task.task.title,
    outcome,
    paid,
    ...(other_paid !== undefined && { other_paid }),
    ...(paid_seconds !== undefined && { paid_seconds }),
    on: today,
  };
}

/** The proposals with news of some: one more, another, or none any more. */
export function withProposals(
  known: Record<string, Proposal>,
  asked: ReadonlyMap<string, Proposal | null>,
): Record<string, Proposal> {
  const all = new Map(Object.entries(known));
  for (const [id, proposal] of asked) {
    const before = all.get(id);
    const isSame =
      proposal !== null &&
      before !== undefined &&
      isSameDecision(before, proposal) &&
      isSameAmounts(before.other_paid, proposal.other_paid);
    if (before?.is_declined && isSame) continue;
    all.delete(id);
    if (proposal !== null) all.set(id, proposal);
  }
  return Object.fromEntries([...all].slice(-MOST_PROPOSALS));
}
