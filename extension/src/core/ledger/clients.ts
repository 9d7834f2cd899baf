/** What the worker's own records say of a client: how much of its listed pay it pays, and how long it takes. Pure. */

import { type Amounts, add } from "./amounts";
import type { Sum } from "./sums";
import { amountIn, type Exchange, type Terms, waitsOf } from "./totals";

/** Fewer decisions than this say nothing of a client. */
const LEAST_DECISIONS = 3;
const DECIDED = ["approved", "paid", "rejected"] as const;

export type Named = Pick<Sum, "platform" | "client_key">;

/** One client's sums of all time. */
export interface ClientSums extends Omit<Sum, "grain" | "stretch"> {
  sums: Sum[];
}

/** A key of a client among all platforms. */
export function keyOf({ platform, client_key }: Named): string {
  return `${platform}\n${client_key}`;
}

export function byClient(sums: readonly Sum[]): Map<string, ClientSums> {
  const clients = new Map<string, ClientSums>();
  for (const sum of sums) {
    const { platform, client_key, client, title } = sum;
    const known = clients.get(keyOf(sum)) ?? { platform, client_key, client, title, amounts: {}, sums: [] };
    add(known.amounts, sum.amounts);
    known.sums.push(sum);
    clients.set(keyOf(sum), known);
  }
  return clients;
}

/** What part of its listed pay each client paid so far: never more than all of it, and all where too little is known. */
export function sharesOf(sums: readonly Sum[], { exchange }: Pick<Terms, "exchange">): Terms["share"] {
  const shares = new Map<string, number>();
  for (const [key, { amounts }] of byClient(sums)) shares.set(key, shareOf(amounts, exchange));
  return (sum) => shares.get(keyOf(sum)) ?? 1;
}

function shareOf(amounts: Amounts, exchange: Exchange): number {
  const decisions = DECIDED.reduce((count, outcome) => count + (amounts[`is ${outcome}`] ?? 0), 0);
  const listed = amountIn(amounts, "decided", exchange);
  if (decisions < LEAST_DECISIONS || listed === 0) return 1;
  return Math.min(1, amountIn(amounts, "decided_paid", exchange) / listed);
}

/** In how many days half of a client's decisions came; null where there were too few. */
export function usualDays(amounts: Amounts): number | null {
  const waits = waitsOf(amounts);
  const all = waits.reduce((count, [, decisions]) => count + decisions, 0);
  if (all < LEAST_DECISIONS) return null;
  let before = 0;
  for (const [days, decisions] of waits) {
    before += decisions;
    if (before * 2 >= all) return days;
  }
  return null;
}
