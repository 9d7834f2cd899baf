/** A posted task's rate, from the snapshot alone: its own, else its client's, else its platform's, else none. */

import type { TaskReading } from "../readings";
import { clientName, snapshotKey, taskName } from "./keys";
import type { People, Rate, RateLevel } from "./rate";
import type { Cell, Snapshot } from "./shape";

const PEOPLE: Record<number, People> = { 5: "5-9", 10: "10-19", 20: "20-49", 50: "50+" };

/** The deepest level that has data; nothing is asked of the server. */
export function lookup(snapshot: Snapshot | null, reading: TaskReading): Rate {
  if (snapshot === null) return rate(null, "none", null);
  const client = clientName(reading);
  const task = snapshot.rates[snapshotKey(taskName(client, reading.task.title))];
  if (task !== undefined) return rate(snapshot, "task", task);
  const own = snapshot.rates[snapshotKey(client)];
  if (own !== undefined) return rate(snapshot, "client", own);
  if (snapshot.platform_rate !== null) return rate(snapshot, "platform", snapshot.platform_rate);
  return rate(snapshot, "none", null);
}

function rate(snapshot: Snapshot | null, level: RateLevel, cell: Cell | null): Rate {
  const [people, effective, low, high, task, paid_share, kept_share] = cell ?? [];
  return {
    level,
    people: (people !== undefined && PEOPLE[people]) || null,
    effective_usd_per_hour: effective ?? null,
    low_usd_per_hour: low ?? null,
    high_usd_per_hour: high ?? null,
    task_usd_per_hour: task ?? null,
    paid_share: paid_share ?? null,
    kept_share: kept_share ?? null,
    release: snapshot?.release ?? null,
    nature: snapshot?.nature ?? null,
  };
}
