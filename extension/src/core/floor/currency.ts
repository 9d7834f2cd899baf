/** Amounts of one currency in another, by the day's rates that came with the newest snapshot. Pure. */

import type { UsdPer } from "../ledger/pay";

const USD = "USD";

/** `amount` in another currency; null where a rate is missing. The same currency needs none. */
export function convert(amount: number, from: string, to: string, usdPer: UsdPer): number | null {
  if (from === to) return amount;
  const [usd_from, usd_to] = [usdOf(from, usdPer), usdOf(to, usdPer)];
  return usd_from === null || usd_to === null ? null : (amount * usd_from) / usd_to;
}

function usdOf(currency: string, usdPer: UsdPer): number | null {
  return currency === USD ? 1 : (usdPer[currency] ?? null);
}
