/** A file as it is understood, before it is taken in: its first rows, and what all of them come to. */

import type { Money } from "../../generated/contract";
import type { Entry } from "./entry";
import type { Format } from "./format";
import { type Answers, mannerOf, type Question } from "./manner";
import { payOf, readAll, type TakenIn } from "./merge";
import type { Sheet } from "./sheet";

const SHOWN_ROWS = 5;
const SECONDS_PER_HOUR = 3600;
/** An hour that pays more, or less, was read in the wrong unit. */
const MOST_PER_HOUR_MICROS = 500_000_000;
const LEAST_PER_HOUR_MICROS = 10_000;

export interface Preview {
  rows: Entry[];
  attempts: number;
  /** All pay, whatever came of the work: to see that amounts are read rightly. One amount a currency. */
  pay: Money[];
  seconds: number;
  /** Of the attempts with a time and a pay; of each currency. */
  per_hour: Money[];
  warning: "too_much" | "too_little" | null;
  open: ReadonlySet<Question>;
  left_out: TakenIn["left_out"];
}

export function previewOf(sheet: Sheet, format: Format, answers: Answers = {}): Preview {
  const { entries, left_out } = readAll(sheet, format, answers);
  const { open } = mannerOf(sheet, format, answers);
  const pay = new Map<string, number>();
  const timed = new Map<string, { micros: number; seconds: number }>();
  let seconds = 0;
  for (const entry of entries) {
    const length = secondsOf(entry);
    seconds += length ?? 0;
    const amount = amountOf(entry);
    if (amount === null) continue;
    const { micros, currency } = amount;
    for (const one of [amount, ...otherAmounts(entry)])
      pay.set(one.currency, (pay.get(one.currency) ?? 0) + one.micros);
    if (length === null) continue;
    const known = timed.get(currency) ?? { micros: 0, seconds: 0 };
    timed.set(currency, { micros: known.micros + micros, seconds: known.seconds + length });
  }
  const per_hour = [...timed].flatMap(([currency, sums]) =>
    sums.seconds > 0 ? [{ currency, micros: (sums.micros / sums.seconds) * SECONDS_PER_HOUR }] : [],
  );
  return {
    rows: entries.slice(0, SHOWN_ROWS),
    attempts: entries.length,
    pay: [...pay].map(([currency, micros]) => ({ currency, micros })),
    seconds,
    per_hour,
    warning: warningOf(per_hour),
    open,
    left_out,
  };
}

/** What an entry states as pay, whatever came of it. */
export function amountOf({ paid, reward, reward_per, seconds, bonus }: Entry): Money | null {
  if (paid !== null) return payOf(paid, bonus).paid;
  if (reward === null || reward_per !== "hour") return reward;
  return seconds === null ? null : { ...reward, micros: (reward.micros * seconds) / SECONDS_PER_HOUR };
}

/** What an entry brought in other currencies. */
function otherAmounts({ paid, bonus }: Entry): Money[] {
  return paid === null ? [] : payOf(paid, bonus).other_paid;
}

/** How long an entry took, as the file says it. */
export function secondsOf({ seconds, started, ended }: Entry): number | null {
  return seconds ?? (started === null || ended === null || ended < started ? null : (ended - started) / 1000);
}

function warningOf(per_hour: readonly Money[]): Preview["warning"] {
  const dollars = per_hour.filter(
    ({ currency }) => currency === "USD" || currency === "EUR" || currency === "GBP",
  );
  if (dollars.some(({ micros }) => micros > MOST_PER_HOUR_MICROS)) return "too_much";
  return per_hour.some(({ micros }) => micros < LEAST_PER_HOUR_MICROS) ? "too_little" : null;
}
