/** The worker's own history by task and by client: how much time, for how much pay. Pure; nothing of it leaves the device. */

import type { TaskReading } from "../../model/readings";
import { convert } from "../floor/currency";
import { certaintyOf, payOf, type UsdPer } from "../ledger/pay";
import { type LedgerRecord, workedSeconds } from "../ledger/record";
import { MICROS } from "../money";
import { clientName, taskName } from "../snapshot/keys";
import type { Own } from "../verdict";

/** Attempts of one name. Those whose pay nobody told us are left out. */
export interface Tally {
  attempts: number;
  active_seconds: number;
  /** Micros by currency. */
  paid: Record<string, number>;
}

/** By the words that the crowd's keys are made of: a task's, and its client's. */
export type History = ReadonlyMap<string, Tally>;

/** Less time than this says nothing about an hour. */
const LEAST_SECONDS = 30;
const SECONDS_PER_HOUR = 3600;

export function historyOf(records: readonly LedgerRecord[]): History {
  const history = new Map<string, Tally>();
  for (const record of records) {
    const pay = payOf(record);
    if (!record.is_own || isUnknown(record) || (pay === null && certaintyOf(record) !== "nothing")) continue;
    const client = clientName(record.task);
    for (const name of [taskName(client, record.task.task.title), client]) {
      const tally = history.get(name) ?? { attempts: 0, active_seconds: 0, paid: {} };
      tally.attempts += 1;
      tally.active_seconds += workedSeconds(record);
      if (pay !== null) tally.paid[pay.currency] = (tally.paid[pay.currency] ?? 0) + pay.micros;
      history.set(name, tally);
    }
  }
  return history;
}

/** Nobody knows how long it took. */
function isUnknown({ is_untimed, corrected_seconds }: LedgerRecord): boolean {
  return is_untimed === true && corrected_seconds === null;
}

/** What the worker's own attempts at this task came to, else at its client's; null where there are none to speak of. */
export function ownOf(history: History, task: TaskReading, currency: string, usdPer: UsdPer): Own | null {
  const client = clientName(task);
  return (
    own(history.get(taskName(client, task.task.title)), "task", currency, usdPer) ??
    own(isNamed(task) ? history.get(client) : undefined, "client", currency, usdPer)
  );
}

function own(tally: Tally | undefined, level: Own["level"], currency: string, usdPer: UsdPer): Own | null {
  if (tally === undefined || tally.active_seconds < LEAST_SECONDS) return null;
  for (const into of [currency, "USD"]) {
    const amounts = Object.entries(tally.paid).map(([from, micros]) => convert(micros, from, into, usdPer));
    if (amounts.includes(null)) continue;
    const micros = amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
    const per_hour = (micros / MICROS / tally.active_seconds) * SECONDS_PER_HOUR;
    return { per_hour, currency: into, attempts: tally.attempts, level };
  }
  return null;
}

/** A hidden client is no client to have a history with. */
function isNamed({ client }: TaskReading): boolean {
  return Boolean(client?.id || client?.name);
}
