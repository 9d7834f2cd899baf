/** What is owed to the worker, client by client: pending, overdue, refused, and lost with a closed account. Pure. */

import type { Client } from "../../generated/contract";
import { daysBetween } from "./amounts";
import { byClient, type ClientSums, usualDays } from "./clients";
import type { Sum } from "./sums";
import { amountIn, COUNTED_DAYS, hopeOf, type Terms } from "./totals";

/** Tasks, and micros of the one currency. */
export interface Claim {
  tasks: number;
  micros: number;
}

export interface Owed {
  platform: string;
  client_key: string;
  client: Client | null;
  title: string;
  pending: Claim;
  overdue: Claim;
  rejected: Claim;
  lost: Claim;
  /** In how many days this client usually decides. */
  usual_days: number | null;
}

export const CLAIMS = ["pending", "overdue", "rejected", "lost"] as const;
export type ClaimName = (typeof CLAIMS)[number];

/** A client is overdue after twice what it usually takes: not before a week, and not after what is counted. */
const PATIENCE_DAYS = 7;

/** Every client who owes, or refused; the most first. */
export function owedBy(sums: readonly Sum[], terms: Terms): Owed[] {
  const all = [...byClient(sums).values()].map((client) => owedByOne(client, terms));
  const weight = (owed: Owed): number => owed.overdue.micros + owed.pending.micros + owed.lost.micros;
  return all
    .filter((owed) => CLAIMS.some((name) => owed[name].tasks > 0))
    .sort((one, other) => weight(other) - weight(one) || other.rejected.micros - one.rejected.micros);
}

/** All clients' claims together. */
export function owedInAll(owed: readonly Owed[]): Record<ClaimName, Claim> {
  const sum = (name: ClaimName): Claim => ({
    tasks: owed.reduce((tasks, one) => tasks + one[name].tasks, 0),
    micros: owed.reduce((micros, one) => micros + one[name].micros, 0),
  });
  return { pending: sum("pending"), overdue: sum("overdue"), rejected: sum("rejected"), lost: sum("lost") };
}

/** After how many days without a decision a task is overdue. */
export function overdueAfter(usual_days: number | null): number {
  if (usual_days === null) return COUNTED_DAYS;
  return Math.min(COUNTED_DAYS, Math.max(PATIENCE_DAYS, usual_days * 2));
}

function owedByOne(client: ClientSums, terms: Terms): Owed {
  const { platform, client_key, client: name, title, amounts, sums } = client;
  const usual_days = usualDays(amounts);
  const latest = overdueAfter(usual_days);
  const pending = { pending: none(), overdue: none(), lost: none() };
  for (const sum of sums) {
    const claim = pending[standing(sum, latest, terms)];
    for (const part of ["pending", "untimed_pending"] as const) {
      claim.tasks += amountIn(sum.amounts, `${part}_tasks`, terms.exchange);
      claim.micros += amountIn(sum.amounts, part, terms.exchange);
    }
  }
  const rejected = {
    tasks: amountIn(amounts, "rejected_tasks", terms.exchange),
    micros: amountIn(amounts, "rejected", terms.exchange),
  };
  return { platform, client_key, client: name, title, ...pending, rejected, usual_days };
}

function standing(sum: Sum, latest: number, terms: Terms): "pending" | "overdue" | "lost" {
  const hope = hopeOf(sum, terms);
  if (hope === "lost") return "lost";
  return hope === "late" || daysBetween(sum.stretch, terms.today) > latest ? "overdue" : "pending";
}

function none(): Claim {
  return { tasks: 0, micros: 0 };
}
