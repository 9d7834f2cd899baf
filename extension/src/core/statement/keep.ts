/** Keeps the newest statement of a site beside what the record came to, and counts whether they agree: never an amount. */

import type { StatementReading } from "../../model/statement";
import type { Edge } from "../../platform/context";
import { countHealth } from "../capture_health/keep";
import { dayOf } from "../timer/hour";
import { agreement, following } from "./check";
import { recordedAt } from "./recorded";

export async function keepStatement(
  edge: Edge,
  platform: string,
  { paid, pending }: StatementReading,
): Promise<null> {
  const { settings } = edge;
  if (!(await settings.consent.get()).ledger) return null;
  const months = (await edge.database.getAll("sums")).filter(({ grain }) => grain === "month");
  const recorded = recordedAt(platform, months).paid;
  const kept = await settings.statements.get();
  const before = kept[platform];
  const now = following(before, { day: dayOf(edge.now()), paid, recorded }, pending);
  await settings.statements.set({ ...kept, [platform]: now });
  const agrees = agreement(now);
  const isNews = JSON.stringify([before?.paid, before?.recorded]) !== JSON.stringify([paid, recorded]);
  if (agrees === null || !isNews) return null;
  return countHealth(edge, platform, agrees ? { agreeing_statements: 1 } : { differing_statements: 1 });
}
