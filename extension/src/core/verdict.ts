/** What we can say of one posted task: the worker's own history, the crowd's rate, and what the worker noted of its client. */

import type { Money } from "../generated/contract";
import type { View } from "./floor/floor";
import type { Rate } from "./snapshot/rate";
import type { Mark } from "./watchlist/entry";

/** What an hour of the worker's own attempts came to, every outcome counted. */
export interface Own {
  /** In major units of `currency`: the floor's where all could be converted, else US dollars. */
  per_hour: number;
  currency: string;
  /** How many attempts it is of. */
  attempts: number;
  /** The task itself, or all that its client posts. */
  level: "task" | "client";
}

/** What an hour of a task never done would come to at the worker's own pace: an estimate. */
export interface Pace {
  per_hour: number;
  currency: string;
  /** Own finished tasks that it is made of. */
  tasks: number;
  /** What the listing states an hour comes to, where the estimate is made against that; null: against a published rate. */
  listed_per_hour: number | null;
}

/** Why there is no rate: they are not fetched; they could not be; none is published; too few people. */
export type Absence = "off" | "unreached" | "unpublished" | "few";

export interface Verdict {
  rate: Rate;
  own: Own | null;
  pace?: Pace | null;
  mark: Mark | null;
  absence?: Absence;
  listed?: ListedTerms;
}

/** What a listing says beside its pay. */
export interface ListedTerms {
  /** The most time that is paid for, and what people took where that is more. */
  cap_seconds?: number;
  took_seconds?: number;
  /** Both ends of a range of pay. */
  range?: { low: Money; high: Money };
}

/** Where pay stands against the floor; "around" also means "cannot tell". Nothing known, or a platform's average: none. */
export type Standing = "none" | "below" | "around" | "above";

/** Own history decides where there is any, else the crowd's interval; of a task rate its own, unless it straddles the floor. */
export function standingOf({ own, rate }: Pick<Verdict, "own" | "rate">, view: View): Standing {
  if (own !== null) return ownStanding(own, view);
  const { low_usd_per_hour: low, high_usd_per_hour: high, effective_usd_per_hour: effective } = rate;
  if (rate.level === "none" || rate.level === "platform") return "none";
  if (rate.figure === "divided") return "none";
  if (rate.figure !== "task_rate") return sideOf(low ?? effective, high ?? effective, view);
  const side = sideOf(rate.task_low_usd_per_hour ?? null, rate.task_high_usd_per_hour ?? null, view);
  return side === "around" ? "none" : side;
}

/** Whether the side of the floor is that of pay over all time, and not of a task rate. */
export function isOfEffectivePay({ own, rate }: Pick<Verdict, "own" | "rate">): boolean {
  return own !== null || rate.figure !== "task_rate";
}

function sideOf(least: number | null, most: number | null, view: View): Standing {
  if (least === null || most === null || view.per_usd === null) return "none";
  if (most * view.per_usd < view.floor_per_hour) return "below";
  return least * view.per_usd >= view.floor_per_hour ? "above" : "around";
}

/** An estimate this far from the floor, as a ratio, is on one side of it. */
const PACE_RANGE = 1.5;

/** Own history, else the worker's pace, else the crowd: where the figure that is shown first stands. */
export function shownStanding(verdict: Verdict, view: View): Standing {
  const { own, pace = null } = verdict;
  if (own !== null || pace === null) return standingOf(verdict, view);
  const least = ownStanding({ ...pace, per_hour: pace.per_hour / PACE_RANGE }, view);
  const most = ownStanding({ ...pace, per_hour: pace.per_hour * PACE_RANGE }, view);
  return least === most ? least : "around";
}

function ownStanding({ per_hour, currency }: Pick<Own, "per_hour" | "currency">, view: View): Standing {
  const rate = currency === view.currency ? 1 : view.per_usd;
  if (rate === null) return "none";
  return per_hour * rate >= view.floor_per_hour ? "above" : "below";
}
