/** What the worker says of an open task: how it ended. Pages may not have shown it. */

import { currentSession } from "../core/ledger/store";
import type { TaskMessage } from "../core/messages";
import { keep } from "../core/timer/apply_timer_event";
import { isSame, type Session } from "../core/timer/session";
import type { Edge } from "../platform/context";

/** Ends the task; null where it is not open any more. */
export async function endTask(
  edge: Edge,
  { platform, attempt, outcome }: TaskMessage,
): Promise<{ session: Session; ended: number } | null> {
  const { attempts } = await currentSession(edge.database);
  if (!attempts.some((one) => isSame(one, { platform, attempt }))) return null;
  const at = edge.now();
  return keep(edge, { kind: "ended", at, source: NO_TAB, platform, attempt, ending: outcome });
}

const NO_TAB = -1;
