/** A posted task's rate, from the snapshot alone: its own, else its client's, else its platform's, else none. */

import type { TaskReading } from "../../model/readings";
import { convert } from "../floor/currency";
import { MICROS } from "../money";
import { clientName, snapshotKey, taskName } from "./keys";
import type { Figure, People, Rate, RateLevel } from "./rate";
import type { Cell, Snapshot } from "./shape";

const PEOPLE: Record<number, People> = {
  5: "5-9",
  10: "10-19",
  20: "20-49",
  50: "50+",
  100: "50+",
  500: "50+",
  2000: "50+",
};
/** Further from what is usual there, the slope says nothing: pay that far off is another kind of work. */
const MOST_TIMES = 20;

/** The deepest level that has data; nothing is asked of the server. */
export function lookup(snapshot: Snapshot | null, reading: TaskReading): Rate {
  if (snapshot === null) return rate(null, "none", null);
  const client = clientName(reading);
  const task = snapshot.rates[snapshotKey(taskName(client, reading.task.title))];
  if (task !== undefined) return rate(snapshot, "task", task);
  const own = snapshot.rates[snapshotKey(client)];
  const [level, parent] =
    own !== undefined ? (["client", own] as const) : (["platform", snapshot.platform_rate] as const);
  if (parent === null) return rate(snapshot, "none", null);
  return { ...rate(snapshot, level, parent), expected_usd_per_hour: expected(snapshot, parent, reading) };
}

/**
 * What an hour of a task that nobody did yet is likely to come to (estimator D6, D10): a usual new task of the parent,
 * times how much more or less this one lists, to the power of the platform's slope.
 */
function expected(snapshot: Snapshot, parent: Cell, reading: TaskReading): number | null {
  const [usual, listed] = [parent[7] ?? null, parent[8] ?? null];
  const offered = rewardUsd(snapshot, reading);
  if (usual === null || listed === null || offered === null || snapshot.slope === null) return null;
  const times = Math.min(Math.max(offered / listed, 1 / MOST_TIMES), MOST_TIMES);
  return usual * times ** snapshot.slope;
}

/** What the whole task lists, in US dollars; null where that depends on the time it takes, or on a rate we lack. */
function rewardUsd(snapshot: Snapshot, { reward, reward_per, units }: TaskReading): number | null {
  if (reward === null || reward.micros <= 0 || reward_per === "hour") return null;
  const count = reward_per === "unit" ? units : reward_per === "thousand" ? units / 1000 : 1;
  return convert((reward.micros / MICROS) * count, reward.currency, "USD", snapshot.usd_per);
}

function rate(snapshot: Snapshot | null, level: RateLevel, cell: Cell | null): Rate {
  const [people, effective, any_low, any_high, task, paid_share, kept_share] = cell ?? [];
  const figure = cell === null ? null : figureOf(cell);
  const isTaskRate = figure === "task_rate";
  const [low, high] = isTaskRate ? [] : [any_low, any_high];
  return {
    level,
    figure,
    ...(isTaskRate ? taskEnds(cell) : {}),
    people: (people !== undefined && people !== null && PEOPLE[people]) || null,
    effective_usd_per_hour: effective ?? null,
    low_usd_per_hour: low ?? null,
    high_usd_per_hour: high ?? null,
    task_usd_per_hour: task ?? null,
    paid_share: paid_share ?? null,
    kept_share: kept_share ?? null,
    release: snapshot?.release ?? null,
    nature: snapshot?.nature ?? null,
    all_in_factor: cell === null ? null : (snapshot?.all_in_factor ?? null),
    method: snapshot?.method ?? null,
  };
}

/** The kind of a row's figure, from what it has. Only a task rate has a task rate, or its ends, and no effective rate. */
function figureOf(cell: Cell): Figure {
  const [, effective, low, , task] = cell;
  if (effective !== null) return "number";
  if (task !== null || (cell[9] ?? null) !== null) return "task_rate";
  return low === null ? "divided" : "range";
}

/** A server one version older sends the ends of a task rate in the places of an effective interval. */
function taskEnds(cell: Cell | null): Pick<Rate, "task_low_usd_per_hour" | "task_high_usd_per_hour"> {
  const [low, high] = [cell?.[9] ?? cell?.[2] ?? null, cell?.[10] ?? cell?.[3] ?? null];
  return { task_low_usd_per_hour: low, task_high_usd_per_hour: high };
}
