/** What a status page says of an earlier attempt, taken into its record: approved, rejected, paid, a bonus, or all of it taken back. Pure. */

import type { Money } from "../../generated/contract";
import type { LaterOutcome } from "../../model/readings";
import { promised } from "./pay";
import {
  type Decision,
  isSameAmounts,
  isSameDecision,
  isSameMoney,
  type LedgerRecord,
  timeAfter,
} from "./record";

/** More changes of one task's pay than any site makes. */
const MOST_EARLIER = 20;

type Said = Decision & { bonus: Money | null; other_paid: Money[] };

/** The record with what is said now; the same record when that is nothing new. The latest decision counts. */
export function decided(record: LedgerRecord, later: LaterOutcome, today: string): LedgerRecord {
  if (isOutdated(record, later)) return record;
  const said = saidOf(record, later);
  const before = { ...record, ...record.overruled }; // as pages had it
  const isSaidAgain = isSameDecision(saidOf(before, later), before);
  if (isSaidAgain && record.overruled !== null) return record;
  const isKnown = isSaidAgain || isSameDecision(said, record);
  const isSameExtra =
    isSameMoney(said.bonus, record.bonus ?? null) &&
    isSameAmounts(said.other_paid, record.other_paid) &&
    (later.paid_seconds ?? record.paid_seconds) === record.paid_seconds;
  if (isKnown && isSameExtra) return record;
  const told = dayIn(later.decided_on, record.day, today);
  const { other_paid, ...rest } = said;
  const { other_paid: _before, ...others } = record;
  return {
    ...others,
    ...timeAfter(record, said.outcome),
    ...rest,
    ...(other_paid.length > 0 && { other_paid }),
    ...(later.paid_seconds != null && { paid_seconds: later.paid_seconds }),
    ...revised(record, said.paid, told ?? today),
    revision: record.revision + 1,
    decided_on: said.outcome === record.outcome ? (record.decided_on ?? told ?? today) : (told ?? today),
    told_on: told ?? record.told_on ?? null,
    overruled: null,
    refusal: null,
  };
}

/** The pay that the site changes now, beside what it changed before. */
function revised(record: LedgerRecord, paid: Money | null, until: string): Pick<LedgerRecord, "earlier_pay"> {
  if (record.paid === null || isSameMoney(record.paid, paid)) return {};
  const earlier = [...(record.earlier_pay ?? []), { until, paid: record.paid }];
  return { earlier_pay: earlier.slice(-MOST_EARLIER) };
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
  if (isUnpaid(outcome)) return unpaid(outcome, bonus, later.other_paid ?? []);
  const paid = isBehind ? null : later.paid;
  const others = later.other_paid ?? record.other_paid ?? [];
  if (paid !== null && !later.bonus && known !== null) {
    // A page that tells no bonus says the whole, or the part without it.
    const isPart = isSameMoney(paid, without(record.paid, known));
    if (!isPart) {
      const rest = isSameMoney(paid, record.paid) ? known : null;
      return { outcome, paid, bonus: rest, other_paid: [...others] };
    }
  }
  const base = paid ?? without(record.paid, known) ?? (later.bonus ? listed(record) : null);
  return { outcome, ...together(base, bonus, others) };
}

/** Pay that was taken back is none any more. Money given for work that was returned pays for what was done until then. */
function unpaid(outcome: LaterOutcome["outcome"], bonus: Money | null, others: readonly Money[]): Said {
  if (bonus === null || bonus.micros === 0)
    return { outcome, paid: null, bonus: null, other_paid: [...others] };
  const given = outcome === "rejected" ? outcome : "screened_out";
  return { outcome: given, paid: bonus, bonus, other_paid: [...others] };
}

function isUnpaid(outcome: LaterOutcome["outcome"]): boolean {
  return outcome === "rejected" || outcome === "returned" || outcome === "expired";
}

/** Pay and bonus as one amount. A bonus in another currency cannot be added, so it stays apart. */
function together(base: Money | null, bonus: Money | null, others: readonly Money[]): Omit<Said, "outcome"> {
  if (bonus === null) return { paid: base, bonus: null, other_paid: [...others] };
  if (base === null || base.currency !== bonus.currency) {
    const isKept = others.some((one) => isSameMoney(one, bonus));
    return { paid: base, bonus: null, other_paid: isKept ? [...others] : [...others, bonus] };
  }
  return { paid: { ...base, micros: base.micros + bonus.micros }, bonus, other_paid: [...others] };
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
