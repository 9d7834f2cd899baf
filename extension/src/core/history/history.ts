/** The worker's own history by task and by client: how much time, for how much pay. Pure; nothing of it leaves the device. */

import type { TaskReading } from "../../model/readings";
import type { Tally, TallyMonth } from "../../model/tally";
import { convert } from "../floor/currency";
import { certaintyOf, payOf, type UsdPer } from "../ledger/pay";
import { type LedgerRecord, workedSeconds } from "../ledger/record";
import { monthOf } from "../ledger/sums";
import { MICROS } from "../money";
import { clientName, taskName } from "../snapshot/keys";
import { dayOf } from "../timer/hour";
import type { Own } from "../verdict";

/** The tallies that a look-up needs, by name. */
export type History = ReadonlyMap<string, Tally>;

/** Pay of half a year ago says little about today's. */
const RECENT_MS = 180 * 86_400_000;
/** Less time than this says nothing about an hour. */
const LEAST_MS = 30_000;
const MS_PER_HOUR = 3_600_000;

/** The month since which own attempts count. */
export function firstRecentMonth(now: number): string {
  return monthOf(dayOf(now - RECENT_MS));
}

/** The names under which a task is tallied: its client's (which all rows of a client share), and its own. */
export function namesOf(task: TaskReading): { client: string; task: string } {
  const client = clientName(task);
  return { client, task: taskName(client, task.task.title) };
}

/** What a record adds to its task's and its client's tally; null where its time or its pay is not known. */
export function contributionOf(record: LedgerRecord): TallyMonth | null {
  const pay = payOf(record);
  const isTimed = !record.is_untimed || record.corrected_seconds !== null;
  if (
    !record.is_own ||
    !isTimed ||
    record.outcome === "end_unseen" ||
    (pay === null && certaintyOf(record) !== "nothing")
  )
    return null;
  const active_ms = Math.round(workedSeconds(record) * 1000);
  return { attempts: 1, active_ms, paid: pay === null ? {} : { [pay.currency]: pay.micros } };
}

/** Adds a month's part to a tally, or with -1 takes it away. A month without attempts goes. */
export function addPart(tally: Tally, month: string, part: TallyMonth, sign: 1 | -1): void {
  const sum = tally.months[month] ?? { attempts: 0, active_ms: 0, paid: {} };
  sum.attempts += sign * part.attempts;
  sum.active_ms += sign * part.active_ms;
  for (const [currency, micros] of Object.entries(part.paid)) {
    sum.paid[currency] = (sum.paid[currency] ?? 0) + sign * micros;
  }
  if (sum.attempts > 0) tally.months[month] = sum;
  else delete tally.months[month];
}

/** The tallies of many records. */
export function talliesOf(records: readonly LedgerRecord[]): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const record of records) {
    const part = contributionOf(record);
    if (part === null) continue;
    for (const name of Object.values(namesOf(record.task))) {
      const tally = tallies.get(name) ?? { name, months: {} };
      addPart(tally, monthOf(record.day), part, 1);
      tallies.set(name, tally);
    }
  }
  return tallies;
}

/** What the figure is shown in, and since when attempts count. */
export interface OwnView {
  currency: string;
  usdPer: UsdPer;
  since: string;
}

/** What the worker's own attempts at this task came to, else at its client's; null where there are none to speak of. */
export function ownOf(history: History, task: TaskReading, view: OwnView): Own | null {
  const names = namesOf(task);
  return (
    own(history.get(names.task), "task", view) ??
    own(isNamed(task) ? history.get(names.client) : undefined, "client", view)
  );
}

function own(
  tally: Tally | undefined,
  level: Own["level"],
  { currency, usdPer, since }: OwnView,
): Own | null {
  const recent: Tally = { name: "", months: {} };
  for (const [month, part] of Object.entries(tally?.months ?? {})) {
    if (month >= since) addPart(recent, since, part, 1);
  }
  const { attempts, active_ms, paid } = recent.months[since] ?? { attempts: 0, active_ms: 0, paid: {} };
  if (active_ms < LEAST_MS) return null;
  for (const into of [currency, "USD"]) {
    const amounts = Object.entries(paid).map(([from, micros]) => convert(micros, from, into, usdPer));
    if (amounts.includes(null)) continue;
    const micros = amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
    return { per_hour: ((micros / MICROS) * MS_PER_HOUR) / active_ms, currency: into, attempts, level };
  }
  return null;
}

/** A hidden client is no client to have a history with. */
function isNamed({ client }: TaskReading): boolean {
  return Boolean(client?.id || client?.name);
}
