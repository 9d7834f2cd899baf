/** One line of a status page: which attempt, what became of it, what it paid, and whether the page itself says so. */

import type { Field, Money, Status } from "../../generated/contract";
import type { LaterOutcome } from "../../model/readings";
import { dayAt } from "./day";
import { amountsAt, idAt, type Place, secondsAt, sumByCurrency, textAt, titleAt } from "./fields";
import { plainWord } from "./task";

/** Whether a line tells anything: a page most of whose lines do not has changed. */
export function tells(status: Status, place: Place): boolean {
  const which = status.attempt === null ? titleAt(status.title, place) : idAt(status.attempt, place);
  return which !== null && textAt(status.outcome, place) !== null;
}

/** Words that the pack does not know say nothing. Pay that only the site's network tells is told apart from what stands on the page. */
export function outcomesOf(status: Status, place: Place): LaterOutcome[] {
  const full = outcomeOf(status, place);
  if (full === null) return [];
  if (isHeard(status, status.outcome)) return [{ ...full, is_unseen: true }];
  const seen = outcomeOf(shownOnly(status), place);
  return seen === null || JSON.stringify(seen) === JSON.stringify(full)
    ? [full]
    : [seen, { ...full, is_unseen: true }];
}

function outcomeOf(status: Status, place: Place): LaterOutcome | null {
  const attempt = idAt(status.attempt, place);
  const said = plainWord(textAt(status.outcome, place) ?? "");
  const outcome = status.outcomes.find((one) => one.words.some((word) => plainWord(word) === said))?.outcome;
  const title = titleAt(status.title, place);
  const day = dayAt(status.day, place);
  if (outcome === undefined || (attempt === null && (title === null || day === null))) return null;
  const { paid, bonus, others } = payOf(status, outcome, place);
  return {
    attempt,
    outcome,
    paid,
    ...(tellsExtra(status) && { bonus }),
    ...(others.length > 0 && { other_paid: others }),
    ...(status.paid_seconds && { paid_seconds: secondsAt(status.paid_seconds, place) }),
    ...(attempt === null && { title, day }),
    ...(status.decided_on && { decided_on: dayAt(status.decided_on, place) }),
  };
}

/** Whether the site tells amounts that stand beside the reward. */
function tellsExtra({ bonus, screen_out_fee, adjustment }: Status): boolean {
  return [bonus, screen_out_fee, adjustment].some((field) => field !== null);
}

/** What was paid, in the currency of the reward; and what came in other currencies. */
interface Pay {
  paid: Money | null;
  bonus: Money | null;
  others: Money[];
}

/**
 * Adds the kinds of money together that a site tells apart. Screened-out work is paid its fee alone. Work that was rejected,
 * returned or timed out has no reward; what was given for it all the same counts as a bonus.
 */
function payOf(status: Status, outcome: LaterOutcome["outcome"], place: Place): Pay {
  const extra = (field: Field | null): Money[] | null => (field === null ? [] : amountsAt(field, place));
  const fee = extra(status.screen_out_fee);
  const adjustment = extra(status.adjustment);
  const bonus = extra(status.bonus) ?? [];
  if (outcome === "screened_out" && status.screen_out_fee !== null) return together(fee, bonus);
  if (outcome === "screened_out") return together(amountsAt(status.paid, place), bonus);
  if (outcome !== "approved" && outcome !== "paid") {
    return together([], [...bonus, ...(adjustment ?? []), ...(fee ?? [])]);
  }
  const reward = amountsAt(status.paid, place);
  const isWhole = reward !== null && adjustment !== null; // without its adjustment a reward may be too high
  return together(isWhole ? [...adjusted(reward, adjustment), ...(fee ?? [])] : null, bonus);
}

/** A correction below the reward replaces it, as when part of a study was done; any other is paid on top. */
function adjusted(reward: readonly Money[], adjustment: readonly Money[]): Money[] {
  const isReplaced = (one: Money): boolean =>
    adjustment.some(({ currency, micros }) => currency === one.currency && micros > 0 && micros < one.micros);
  return [...reward.filter((one) => !isReplaced(one)), ...adjustment];
}

/** `base` null: what the work paid is not known. Amounts of other currencies are kept apart, never converted. */
function together(base: readonly Money[] | null, bonus: readonly Money[]): Pay {
  const isGiven = ({ micros }: Money): boolean => micros > 0;
  const sums = sumByCurrency(base ?? []);
  const [paid = null] = sums;
  const bonuses = sumByCurrency(bonus).filter(isGiven);
  const currency = paid?.currency ?? bonuses[0]?.currency;
  const others = sumByCurrency([...sums, ...bonuses].filter((one) => one.currency !== currency));
  return {
    paid,
    bonus: bonuses.find((one) => one.currency === currency) ?? null,
    others: others.filter(isGiven),
  };
}

/** The status page without the values that only the site's network tells. */
function shownOnly(status: Status): Status {
  const shown = (field: Field | null): Field | null => (isHeard(status, field) ? null : field);
  const { paid, bonus, screen_out_fee, adjustment, paid_seconds } = status;
  return {
    ...status,
    paid: shown(paid),
    bonus: shown(bonus),
    screen_out_fee: shown(screen_out_fee),
    adjustment: shown(adjustment),
    paid_seconds: shown(paid_seconds),
  };
}

/** Whether a field stands in what the tap heard. */
function isHeard({ records }: Status, field: Field | null): boolean {
  return records !== null && records.reply !== null && field !== null && field.json !== null;
}
