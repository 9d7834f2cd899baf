/** What a status page says of an earlier attempt, taken into its record: approved, rejected, paid, a bonus, or all of it taken back. Pure. */

import type { Money } from "../../generated/contract";
import type { LaterOutcome } from "../../model/readings";
import { promised } from "./pay";
import { type Decision, isSameDecision, isSameMoney, type LedgerRecord } from "./record";

type Said = Decision & { bonus: Money | null };

/** The record with what is said now; the same record when that is nothing new. The latest decision counts. */
export function decided(record: LedgerRecord, later: LaterOutcome, today: string): LedgerRecord {
  if (isOutdated(record, later)) return record;
  const said = saidOf(record, later);
  const before = { ...record, ...record.overruled }; // as pages had it
  const isSaidAgain = isSameDecision(saidOf(before, later), before);
  if (isSaidAgain && record.overruled !== null) return record;
  const isKnown = isSaidAgain || isSameDecision(said, record);
  if (isKnown && isSameMoney(said.bonus, record.bonus ?? null)) return record;
  const told = dayIn(later.decided_on, record.day, today);
  return {
    ...record,
    ...said,
    revision: record.revision + 1,
    decided_on: said.outcome === record.outcome ? (record.decided_on ?? told ?? today) : (told ?? today),
    told_on: told ?? record.told_on ?? null,
    overruled: null,
    refusal: null,
  };
}

/** Decided by the site before what we know that it decided. */
function isOutdated(record: LedgerRecord, { decided_on }: LaterOutcome): boolean {
  return Boolean(decided_on && record.told_on && decided_on < record.told_on);
}

function saidOf(record: LedgerRecord, later: LaterOutcome): Said {
  const isBehind = record.outcome === "paid" && later.outcome === "approved"; // another page of the site
  const outcome = isBehind ? "paid" : later.outcome;
  const known = bonusOf(record);
  const bonus = later.bonus ?? (isUnpaid(outcome) ? null : known);
  if (isUnpaid(outcome)) return unpaid(outcome, bonus);
  const paid = isBehind ? null : later.paid;
  if (paid !== null && !later.bonus && known !== null) {
    // A page that tells no bonus says the whole, or the part without it.
    const isPart = isSameMoney(paid, without(record.paid, known));
    if (!isPart) return { outcome, paid, bonus: isSameMoney(paid, record.paid) ? known : null };
  }
  const base = paid ?? without(record.paid, known) ?? (later.bonus ? listed(record) : null);
  return { outcome, ...together(base, bonus) };
}

/** Pay that was taken back is none any more. Something given to who was sent back is pay for what they did until then. */
function unpaid(outcome: LaterOutcome["outcome"], bonus: Money | null): Said {
  if (bonus === null || bonus.micros === 0) return { outcome, paid: null, bonus: null };
  return { outcome: outcome === "rejected" ? outcome : "screened_out", paid: bonus, bonus };
}

function isUnpaid(outcome: LaterOutcome["outcome"]): boolean {
  return outcome === "rejected" || outcome === "returned" || outcome === "expired";
}

/** Pay and bonus as one amount. A bonus in another currency cannot be added, so it is left out. */
function together(base: Money | null, bonus: Money | null): Pick<Said, "paid" | "bonus"> {
  if (base === null || bonus === null || base.currency !== bonus.currency) return { paid: base, bonus: null };
  return { paid: { ...base, micros: base.micros + bonus.micros }, bonus };
}

function without(paid: Money | null, bonus: Money | null): Money | null {
  return paid === null || bonus === null
    ? paid
    : { ...paid, micros: Math.max(0, paid.micros - bonus.micros) };
}

function bonusOf({ bonus }: LedgerRecord): Money | null {
  return bonus ?? null;
}

function listed({ task, active_seconds }: LedgerRecord): Money | null {
  return promised(task, active_seconds);
}

/** A day that can be one of a decision: not before the work, and not to come. */
function dayIn(given: string | null | undefined, from: string, to: string): string | null {
  return given && given >= from && given <= to ? given : null;
}
