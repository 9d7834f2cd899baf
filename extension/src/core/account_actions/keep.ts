/** Warnings, pauses and closures that the worker enters: kept here, and sent as week, kind and a coarse step of money. */

import type { AccountAction, PendingBand } from "../../generated/contract";
import type { KeptAction } from "../../model/account_action";
import type { Edge } from "../../platform/context";
import { strictly } from "../../platform/database";
import { inUsd, type UsdPer } from "../ledger/pay";
import { MICROS } from "../money";
import { agreement } from "../outbox/agreement";
import { timeOrderedId } from "../outbox/id";
import { mondayOf } from "../timer/hour";

/** What the worker says happened. */
export type ActionSaid = Omit<KeptAction, "id">;

const ID_BYTES = 10;
const BANDS: readonly [least: number, band: PendingBand][] = [
  [1000, "from_1000"],
  [100, "under_1000"],
  [10, "under_100"],
];

/** Keeps it, and puts it into the outbox where the worker shares timings of that platform. */
export async function keepAction(edge: Edge, said: ActionSaid, usdPer: UsdPer): Promise<null> {
  const agreed = await agreement(edge.settings);
  const week = mondayOf(said.day);
  const id = timeOrderedId(Date.parse(`${week}T00:00:00Z`), edge.random(ID_BYTES));
  const band = bandOf(said.pending, usdPer);
  await strictly(edge.database, async (writing) => {
    await writing.objectStore("actions").put({ ...said, id });
    if (!agreed(said.platform).sharing || band === null) return;
    const item: AccountAction = {
      id,
      revision: 1,
      platform: said.platform,
      week,
      kind: said.kind,
      pending_band: band,
    };
    await writing.objectStore("outbox").put({ id, revision: 1, kind: "action", item });
  });
  return null;
}

/** The worker takes it back: it is no longer here, and does not go where it still waits. */
export async function removeAction(edge: Edge, id: string): Promise<null> {
  await strictly(edge.database, async (writing) => {
    await writing.objectStore("actions").delete(id);
    await writing.objectStore("outbox").delete(id);
  });
  return null;
}

/** The step of money in US dollars; null where no rate of the day is known, and then nothing is sent. */
export function bandOf(pending: KeptAction["pending"], usdPer: UsdPer): PendingBand | null {
  if (pending === null || pending.micros <= 0) return "none";
  const micros = inUsd(pending, usdPer);
  if (micros === null) return null;
  return BANDS.find(([least]) => micros / MICROS >= least)?.[1] ?? "under_10";
}
