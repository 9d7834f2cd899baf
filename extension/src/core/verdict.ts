/** What we can say of one posted task: the worker's own history, the crowd's rate, and what the worker noted of its client. */

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

export interface Verdict {
  rate: Rate;
  own: Own | null;
  mark: Mark | null;
}

/** Where pay stands against the floor; "around" also means "cannot tell". Nothing known, or a platform's average: none. */
export type Standing = "none" | "below" | "around" | "above";

/** Own history decides where there is any, else the crowd's interval. */
export function standingOf({ own, rate }: Pick<Verdict, "own" | "rate">, view: View): Standing {
  if (own !== null) return ownStanding(own, view);
  const { low_usd_per_hour: low, high_usd_per_hour: high, effective_usd_per_hour: effective } = rate;
  if (rate.level === "none" || rate.level === "platform" || view.per_usd === null) return "none";
  const [least, most] = [low ?? effective, high ?? effective];
  if (least === null || most === null) return "none";
  if (most * view.per_usd < view.floor_per_hour) return "below";
  return least * view.per_usd >= view.floor_per_hour ? "above" : "around";
}

function ownStanding({ per_hour, currency }: Own, view: View): Standing {
  const rate = currency === view.currency ? 1 : view.per_usd;
  if (rate === null) return "none";
  return per_hour * rate >= view.floor_per_hour ? "above" : "below";
}
