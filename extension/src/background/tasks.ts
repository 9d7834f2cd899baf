/** What the worker says of an open task: how it ended, which pages may not have shown; or that they still work on it. */

import { currentSession } from "../core/ledger/store";
import type { TaskMessage } from "../core/messages";
import { type Kept, keep } from "../core/timer/apply_timer_event";
import { isSame } from "../core/timer/session";
import type { Edge } from "../platform/context";

/** Do what the worker says; null where it is not open any more. */
export async function endTask(edge: Edge, { platform, attempt, outcome }: TaskMessage): Promise<Kept | null> {
  const { attempts } = await currentSession(edge.database);
  if (!attempts.some((one) => isSame(one, { platform, attempt }))) return null;
  const at = edge.now();
  if (outcome === "still_working") return keep(edge, { kind: "confirmed", at, platform, attempt });
  return keep(edge, { kind: "ended", at, source: NO_TAB, platform, attempt, ending: outcome });
}

const NO_TAB = -1;
