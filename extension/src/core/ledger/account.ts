/** An account that a platform closed: what was pending on it is lost. The worker says so, and may take it back. */

import type { Money } from "../../generated/contract";
import type { Database } from "../../platform/database";

export interface ClosedAccount {
  platform: string;
  /** The worker's own calendar day. */
  closed_on: string;
  /** What stood on the account and was never paid out, as the worker knows it. */
  balance: Money | null;
}

export async function closeAccount(database: Database, account: ClosedAccount): Promise<void> {
  await database.put("accounts", account);
}

/** It was opened again, or never closed. */
export async function reopenAccount(database: Database, platform: string): Promise<void> {
  await database.delete("accounts", platform);
}

/** The day on which each platform closed the account, if it did. */
export function closedOn(accounts: readonly ClosedAccount[]): (platform: string) => string | null {
  const days = new Map(accounts.map(({ platform, closed_on }) => [platform, closed_on]));
  return (platform) => days.get(platform) ?? null;
}
