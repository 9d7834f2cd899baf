/** What a fold is told in these tests: US dollars, the day of `NOON`, all pending work expected in full, no closed account. */

import type { Terms } from "../../../../extension/src/core/ledger/totals";

export const TODAY = "2026-11-23";

export function terms(changes: Partial<Terms> = {}): Terms {
  return {
    exchange: { currency: "USD", usdPer: {} },
    today: TODAY,
    share: () => 1,
    closed_on: () => null,
    ...changes,
  };
}

export const usd = (dollars: number) => ({ micros: Math.round(dollars * 1_000_000), currency: "USD" });
