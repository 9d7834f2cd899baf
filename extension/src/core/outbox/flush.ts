/**
 * Sends what waits. An item goes when its receipt is here, and only then: a request that failed, or whose answer was lost,
 * is sent again with the same ids, and the server says "duplicate".
 */

import { MAX_BATCH_ITEMS, type Receipt } from "../../generated/contract";
import type { Edge } from "../../platform/context";
import { strictly } from "../../platform/database";
import { enqueueHealth } from "../capture_health/keep";
import { enqueueSightings } from "../listing_stats/keep";
import { dayOf } from "../timer/hour";
import { type Failure, isHopeless, rest } from "./backoff";
import { enrolled } from "./enrol";
import { bodyOf, inOrder, nextBatch, type OutboxItem, settle } from "./outbox";
import { enqueueDays } from "./overheads";
import { tellCountry } from "./rights";

/** Sends batch after batch; returns the instant to try again, or null when there is nothing left to do. One at a time. */
export async function flush(edge: Edge): Promise<number | null> {
  const { settings } = edge;
  if (!(await settings.consent.get()).sharing) return null;
  const pause = await settings.pause.get();
  if (pause !== null && pause.until > edge.now()) return pause.until;
  await strictly(edge.database, (writing) => enqueueDays(writing, dayOf(edge.now())));
  await enqueueSightings(edge);
  await enqueueHealth(edge);
  while (!(await settings.held.get())) {
    const most = (await settings.pause.get())?.items ?? MAX_BATCH_ITEMS;
    const items = inOrder(await nextBatch(edge.database, most));
    if (items.length === 0) return finished(edge);
    const failure = await sendBatch(edge, items);
    if (failure === null) continue;
    if (isHopeless(failure, items.length)) await refuse(edge, items);
    return pauseFor(edge, failure);
  }
  return null;
}

/** Null when every item has its receipt; else what stood in the way. */
async function sendBatch(edge: Edge, items: OutboxItem[]): Promise<Failure | null> {
  const contributor = await enrolled(edge);
  if (contributor.kind === "no") return { ...contributor, status: 503 }; // it says nothing about the items
  if (contributor.kind !== "yes") return contributor;
  await tellCountry(edge, contributor.value.secret);
  const answer = await edge.server.send(bodyOf(items), contributor.value.secret);
  if (answer.kind !== "yes") return answer;
  const receipts: unknown = answer.value?.receipts;
  if (!isAnswerTo(receipts, items)) return { kind: "no", status: 502, retry_after_seconds: null };
  await settle(edge.database, items, receipts);
  return null;
}

/** Somebody between us and the server may answer anything; only one receipt an item, in order, lets go of them. */
function isAnswerTo(receipts: unknown, items: readonly OutboxItem[]): receipts is Receipt[] {
  return (
    Array.isArray(receipts) &&
    receipts.length === items.length &&
    receipts.every((receipt, place) => receipt?.id === null || receipt?.id === items[place]?.id)
  );
}

async function refuse(edge: Edge, items: OutboxItem[]): Promise<void> {
  const detail = "The server did not take it in any form.";
  const receipts = items.map(({ id }) => ({ id, status: "refused", reason: "malformed", detail }) as const);
  await settle(edge.database, items, receipts);
}

async function finished(edge: Edge): Promise<null> {
  await edge.settings.pause.set(null);
  return null;
}

async function pauseFor(edge: Edge, failure: Failure): Promise<number> {
  const before = await edge.settings.pause.get();
  const pause = rest(before, failure, edge.now(), edge.chance());
  await edge.settings.pause.set(pause);
  return pause.until;
}
