/** What of a record goes on the wire: hours instead of instants, whole seconds, nothing that tells who or exactly when. */

import {
  MAX_ACTIVE_SECONDS,
  MAX_ID_LENGTH,
  MAX_OPEN_SECONDS,
  MAX_REVISION,
  MAX_TITLE_LENGTH,
  MAX_UNITS,
  type Observation,
  type Timer,
} from "../../generated/contract";
import { type LedgerRecord, workedSeconds } from "../ledger/record";
import { cut } from "../text";
import { hourOf } from "../timer/hour";

/** The observation of a record; null when it was never to be shared, or there is nothing to call it by. */
export function observationOf(record: LedgerRecord): Observation | null {
  const { task } = record;
  const { outcome } = record;
  if (outcome === "end_unseen") return null; // how it ended, the worker or the site says first
  const title = cut(task.task.title.trim(), MAX_TITLE_LENGTH).trim();
  if (!record.is_shared || title === "" || record.revision > MAX_REVISION) return null;
  const active = Math.min(Math.round(workedSeconds(record)), MAX_ACTIVE_SECONDS);
  const open = Math.round((record.ended_at - record.claimed_at) / 1000);
  return {
    id: record.id,
    revision: record.revision,
    platform: record.platform,
    client: task.client && { id: identifier(task.client.id), name: name(task.client.name) },
    task: { id: identifier(task.task.id), title },
    reward: task.reward,
    reward_per: task.reward_per,
    units: Math.min(Math.max(1, Math.round(task.units)), MAX_UNITS),
    claimed_hour: hourOf(record.claimed_at),
    active_seconds: active,
    open_seconds: Math.min(Math.max(open, active), MAX_OPEN_SECONDS),
    limit_seconds: seconds(task.limit_seconds),
    estimate_seconds: seconds(task.estimate_seconds),
    outcome,
    paid: record.paid,
    decided_on: record.decided_on,
    pack: task.pack,
    timer: timerOf(record),
    ...(record.extension_version === undefined ? {} : { extension_version: record.extension_version }),
    ...toldByPlatform(record),
  };
}

type Told = Pick<Observation, "cap_seconds" | "paid_seconds" | "pay_kind">;

/** What only some platforms tell: the most time they pay for, the time they did pay for, and for what. */
function toldByPlatform({ task, paid_seconds, outcome, paid }: LedgerRecord): Told {
  const isPaid = paid !== null && paid.micros > 0;
  const given = outcome === "rejected" && isPaid ? "bonus_only" : null;
  const kind = outcome === "screened_out" && isPaid ? "screen_out" : (task.pay_kind ?? given);
  return {
    ...(task.cap_seconds !== undefined && { cap_seconds: seconds(task.cap_seconds) }),
    ...(paid_seconds !== undefined && { paid_seconds: seconds(paid_seconds) }),
    ...(kind !== null && { pay_kind: kind }),
  };
}

function timerOf({ by_hand, corrected_seconds, is_elsewhere }: LedgerRecord): Timer {
  if (by_hand || corrected_seconds !== null) return "manual";
  return is_elsewhere ? "elsewhere" : "focus";
}

/** An id too long to be one is left out: cut short it might be another's. */
function identifier(id: string | null): string | null {
  return id !== null && id !== "" && cut(id, MAX_ID_LENGTH) === id ? id : null;
}

function name(shown: string | null): string | null {
  const words = cut(shown?.trim() ?? "", MAX_TITLE_LENGTH).trim();
  return words === "" ? null : words;
}

function seconds(given: number | null): number | null {
  return given === null || given < 0 ? null : Math.min(Math.round(given), MAX_OPEN_SECONDS);
}
