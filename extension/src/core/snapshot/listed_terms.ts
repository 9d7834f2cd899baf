/** The cap and the range of pay of a listing, and how long people took by the crowd's task rate. Pure. */

import type { TaskReading } from "../../model/readings";
import { convert } from "../floor/currency";
import type { UsdPer } from "../ledger/pay";
import { MICROS } from "../money";
import type { ListedTerms } from "../verdict";
import type { Rate } from "./rate";

/** Below this much over the cap, what people took is as good as the cap. */
const OVER = 1.05;

export function listedTerms(task: TaskReading, rate: Rate, usdPer: UsdPer): ListedTerms {
  const { cap_seconds, reward, reward_to } = task;
  const took_seconds = cap_seconds === undefined ? null : tookSeconds(task, cap_seconds, rate, usdPer);
  return {
    ...(cap_seconds !== undefined && { cap_seconds }),
    ...(took_seconds !== null && { took_seconds }),
    ...(reward !== null && reward_to !== undefined && { range: { low: reward, high: reward_to } }),
  };
}

/** Pay for the capped time over the task rate: what an attempt takes, where that is beyond the cap. */
function tookSeconds(task: TaskReading, cap: number, rate: Rate, usdPer: UsdPer): number | null {
  const { reward, reward_per } = task;
  const { level, task_usd_per_hour } = rate;
  if (level !== "task" || task_usd_per_hour === null || reward === null || reward_per !== "hour") return null;
  const hourly = convert(reward.micros / MICROS, reward.currency, "USD", usdPer);
  const took = hourly === null || task_usd_per_hour <= 0 ? 0 : (hourly * cap) / task_usd_per_hour;
  return took > cap * OVER ? took : null;
}
