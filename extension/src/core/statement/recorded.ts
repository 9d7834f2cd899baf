/** What the record says a platform paid, and what is pending there: one amount a currency. Pure. */

import type { Money } from "../../generated/contract";
import type { Sum } from "../ledger/sums";

const PAID = ["earned", "untimed"] as const;
const PENDING = ["pending", "untimed_pending"] as const;

export interface Recorded {
  paid: Money[];
  pending: Money[];
}

/** Of sums whose stretches do not overlap. */
export function recordedAt(platform: string, sums: readonly Sum[]): Recorded {
  const mine = sums.filter((sum) => sum.platform === platform);
  return { paid: amounts(mine, PAID), pending: amounts(mine, PENDING) };
}

function amounts(sums: readonly Sum[], parts: readonly string[]): Money[] {
  const found = new Map<string, number>();
  for (const { amounts } of sums) {
    for (const [name, amount] of Object.entries(amounts)) {
      const [currency = "", part = ""] = name.split(" ");
      if (parts.includes(part)) found.set(currency, (found.get(currency) ?? 0) + (amount ?? 0));
    }
  }
  return Array.from(found, ([currency, micros]) => ({ currency, micros }));
}
