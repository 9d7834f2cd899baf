/** The worker's answer to what a site's network said: yes makes it so, as a correction of theirs; no is remembered. */

import type { Edge } from "../../platform/context";
import { correct } from "../ledger/keep";
import type { Proposal } from "./proposal";

export interface SettleMessage {
  kind: "settle";
  /** Of records. */
  ids: string[];
  is_so: boolean;
}

export async function settle(edge: Edge, { ids, is_so }: SettleMessage): Promise<null> {
  const { proposals } = edge.settings;
  const known = await proposals.get();
  const left: Record<string, Proposal> = { ...known };
  for (const id of ids) {
    const proposal = known[id];
    if (proposal === undefined) continue;
    if (is_so) {
      const { outcome, paid, other_paid, paid_seconds } = proposal;
      await correct(edge, id, {
        outcome,
        paid,
        is_of_site: true,
        ...(other_paid !== undefined && { other_paid }),
        ...(paid_seconds !== undefined && { paid_seconds }),
      });
      delete left[id];
    } else left[id] = { ...proposal, is_declined: true };
  }
  await proposals.set(left);
  return null;
}
