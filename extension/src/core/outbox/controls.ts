/** What the worker does with the outbox by hand: look into it, hold it, take items out, keep a platform to themselves. */

import type { Edge } from "../../platform/context";
import { type Database, strictly, type Writing } from "../../platform/database";
import type { Erasure, Pause } from "../../platform/storage";
import { forgetHealth } from "../capture_health/keep";
import { forgetSightings } from "../listing_stats/keep";
import type { OutboxItem } from "./outbox";

/** A page of items, in the order in which they go. */
export const PAGE_ITEMS = 50;

/** The outbox as its page shows it. */
export interface OutboxPage {
  items: OutboxItem[];
  waiting: number;
  /** The last id of this page; null when there is no further one. */
  next: string | null;
  is_sharing: boolean;
  is_held: boolean;
  pause: Pause | null;
  /** Null: nothing of this device is known to the server. */
  contributor_id: string | null;
  erasure: Erasure | null;
}

/** What waits after the item `after`; null: from the first. */
export async function outboxPage({ database, settings }: Edge, after: string | null): Promise<OutboxPage> {
  const range = after === null ? null : IDBKeyRange.lowerBound(after, true);
  const items = await database.getAll("outbox", range, PAGE_ITEMS + 1);
  const shown = items.slice(0, PAGE_ITEMS);
  return {
    items: shown,
    waiting: await database.count("outbox"),
    next: items.length > PAGE_ITEMS ? (shown.at(-1)?.id ?? null) : null,
    is_sharing: (await settings.consent.get()).sharing,
    is_held: await settings.held.get(),
    pause: await settings.pause.get(),
    contributor_id: (await settings.credentials.get())?.contributor_id ?? null,
    erasure: await settings.erasure.get(),
  };
}

/** Takes items out for ever: neither they nor a later outcome of theirs is sent. Returns how many still waited. */
export function withdraw(database: Database, ids: readonly string[]): Promise<number> {
  return strictly(database, async (writing) => {
    let removed = 0;
    for (const id of ids) {
      const item = await writing.objectStore("outbox").get(id);
      if (item === undefined) continue;
      await writing.objectStore("outbox").delete(id);
      await keepBack(writing, item);
      removed += 1;
    }
    return removed;
  });
}

/** A platform's timings stay here from now on, or may go again; what waits of it is taken out. */
export async function withhold(edge: Edge, platform: string, isWithheld: boolean): Promise<void> {
  const withheld = await edge.settings.withheld.get();
  await edge.settings.withheld.set({ ...withheld, [platform]: isWithheld });
  if (!isWithheld) return;
  await forgetHealth(edge, platform);
  await forgetSightings(edge, platform); // first: a day on its way into the outbox is waited for, and emptied with it
  await empty(edge.database, platform);
}

/** The worker stopped sharing, everywhere or on one platform: what was not sent yet never is. */
export async function empty(database: Database, platform: string | null = null): Promise<void> {
  const isMeant = (one: string): boolean => platform === null || one === platform;
  await strictly(database, async (writing) => {
    for (const item of await writing.objectStore("outbox").getAll()) {
      if (isMeant(item.item.platform)) await writing.objectStore("outbox").delete(item.id);
    }
    for (const row of await writing.objectStore("overheads").getAll()) {
      const isUntold = row.is_shared && row.told_revision !== row.revision;
      if (isUntold && isMeant(row.platform)) {
        await writing.objectStore("overheads").put({ ...row, is_shared: false });
      }
    }
  });
}

/** Nothing kept here is the server's to know any more: after an erasure no outcome of it goes out again. */
export async function disown(database: Database): Promise<void> {
  await strictly(database, async (writing) => {
    await writing.objectStore("outbox").clear();
    for (const name of ["records", "overheads"] as const) {
      let row = await writing.objectStore(name).openCursor();
      while (row !== null) {
        if (row.value.is_shared) await row.update({ ...row.value, is_shared: false } as never);
        row = await row.continue();
      }
    }
  });
}

async function keepBack(writing: Writing, { kind, item }: OutboxItem): Promise<void> {
  if (kind !== "overhead" && kind !== "observation") return; // nothing more of the same will be told
  if (kind === "overhead") {
    const row = await writing.objectStore("overheads").get([item.platform, item.day]);
    if (row) await writing.objectStore("overheads").put({ ...row, is_shared: false });
    return;
  }
  const record = await writing.objectStore("records").get(item.id);
  if (record) await writing.objectStore("records").put({ ...record, is_shared: false });
}
