/** The history as it stands, read from the ledger once and kept while the background lives. */

import type { Edge } from "../../platform/context";
import type { Database } from "../../platform/database";
import { recordsSince } from "../ledger/store";
import { type History, historyOf } from "./history";

/** Pay of half a year ago says little about today's. */
export const RECENT_MS = 180 * 86_400_000;
/** The ledger page may correct a record meanwhile. */
const FRESH_MS = 60_000;

const kept = new WeakMap<Database, { history: Promise<History>; at: number }>();

export function recentHistory({ database, now }: Edge): Promise<History> {
  const known = kept.get(database);
  if (known !== undefined && now() - known.at < FRESH_MS) return known.history;
  const history = recordsSince(database, now() - RECENT_MS).then(historyOf);
  kept.set(database, { history, at: now() });
  return history;
}

/** Records changed: they are read again when next asked for. */
export function forgetHistory({ database }: Edge): void {
  kept.delete(database);
}
