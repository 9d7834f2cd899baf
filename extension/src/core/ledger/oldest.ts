/** Since when each client's oldest task is pending: one look into an index a client, all in one transaction. */

import type { Database } from "../../platform/database";
import type { Named } from "./clients";

/** Days by `client_key`; null where nothing is pending. */
export async function oldestPending(
  database: Database,
  clients: readonly Named[],
): Promise<Map<string, string | null>> {
  const standing = database.transaction("records").store.index("by_standing");
  const oldest = clients.map(async ({ client_key }): Promise<[string, string | null]> => {
    const pending = IDBKeyRange.bound([client_key, "submitted", 0], [client_key, "submitted", Infinity]);
    return [client_key, (await standing.get(pending))?.day ?? null];
  });
  return new Map(await Promise.all(oldest));
}
