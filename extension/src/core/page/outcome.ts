/** One line of a status page: which attempt, what became of it, what it paid, and whether the page itself says so. */

import type { Field, Money, Status } from "../../generated/contract";
import type { LaterOutcome } from "../../model/readings";
import { dayAt } from "./day";
import { follow } from "./embedded_json";
import { idAt, moneyAt, type Place, textAt, titleAt } from "./fields";
import { plainWord } from "./task";

const MOST_BONUSES = 20;

/** Whether a line tells anything: a page most of whose lines do not has changed. */
export function tells(status: Status, place: Place): boolean {
  const which = status.attempt === null ? titleAt(status.title, place) : idAt(status.attempt, place);
  return which !== null && textAt(status.outcome, place) !== null;
}

/** Words that the pack does not know say nothing. Pay that only the site's network tells is told apart from what stands on the page. */
export function outcomesOf(status: Status, place: Place): LaterOutcome[] {
  const told = outcomeOf(status, place);
  if (told === null) return [];
  const { paid, bonus = null } = told;
  if (isHeard(status, status.outcome)) return [{ ...told, is_unseen: true }];
  const isPaySeen = paid === null || !isHeard(status, status.paid);
  const isBonusSeen = bonus === null || !isHeard(status, status.bonus);
  if (isPaySeen && isBonusSeen) return [told];
  const seen = { ...told, paid: isPaySeen ? paid : null, bonus: isBonusSeen ? bonus : null };
  return [seen, { ...told, is_unseen: true }];
}

function outcomeOf(status: Status, place: Place): LaterOutcome | null {
  const attempt = idAt(status.attempt, place);
  const said = plainWord(textAt(status.outcome, place) ?? "");
  const outcome = status.outcomes.find((one) => one.words.some((word) => plainWord(word) === said))?.outcome;
  const title = titleAt(status.title, place);
  const day = dayAt(status.day, place);
  if (outcome === undefined || (attempt === null && (title === null || day === null))) return null;
  const isPaid = outcome === "approved" || outcome === "paid" || outcome === "screened_out";
  const paid = isPaid ? moneyAt(status.paid, place) : null;
  return {
    attempt,
    outcome,
    paid,
    ...(status.bonus && { bonus: bonusAt(status.bonus, place) }),
    ...(attempt === null && { title, day }),
    ...(status.decided_on && { decided_on: dayAt(status.decided_on, place) }),
  };
}

/** One bonus, or all those of an array together; of two currencies, none. Nothing given is no bonus. */
function bonusAt(field: Field | null, place: Place): Money | null {
  const listed = field?.json && field.island === null ? follow(place.record, field.json) : undefined;
  if (!field || !Array.isArray(listed)) return given(moneyAt(field, place));
  const each = listed
    .slice(0, MOST_BONUSES)
    .map((_, index) => moneyAt({ ...field, json: `${field.json}.${index}` }, place));
  const [first] = each;
  if (!first || each.some((one) => one?.currency !== first.currency)) return null;
  return given({ ...first, micros: each.reduce((sum, one) => sum + (one?.micros ?? 0), 0) });
}

function given(bonus: Money | null): Money | null {
  return bonus !== null && bonus.micros > 0 ? bonus : null;
}

/** Whether a field stands in what the tap heard. */
function isHeard({ records }: Status, field: Field | null): boolean {
  return records !== null && records.reply !== null && field !== null && field.json !== null;
}
