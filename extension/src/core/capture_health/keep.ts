/**
 * How well packs read their sites, as sums by platform, pack version and week. They go to the server while the worker shares:
 * no title, no amount and no client is in them.
 */

import { type Health, MAX_REVISION, MAX_ROWS_IN_A_WEEK, MAX_STATEMENTS } from "../../generated/contract";
import type { HealthCounts, HealthWeek } from "../../model/health";
import type { Edge } from "../../platform/context";
import { strictly } from "../../platform/database";
import { timeOrderedId } from "../outbox/id";
import { bundled, packsNow } from "../packs/packs";
import { mondayOf, utcDay } from "../timer/hour";

const NOTHING: HealthCounts = {
  expected_rows: 0,
  read_rows: 0,
  changed_pages: 0,
  agreeing_statements: 0,
  differing_statements: 0,
};
const ID_BYTES = 10;

let turn: Promise<unknown> = Promise.resolve();

/** Every change of what is kept waits for the one before. */
function oneByOne<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work);
  turn = mine.catch(() => undefined);
  return mine;
}

/** Adds to this week's sums of a platform. Nothing is kept where the worker does not share, or the server knows no such site. */
export function countHealth(edge: Edge, platform: string, more: Partial<HealthCounts>): Promise<null> {
  return oneByOne(async () => {
    const { settings } = edge;
    const isShared = (await settings.consent.get()).sharing && !(await settings.withheld.get())[platform];
    if (!isShared || !bundled.some(({ slug }) => slug === platform)) return null;
    const version = (await packsNow(edge)).find(({ slug }) => slug === platform)?.version;
    if (version === undefined) return null;
    const today = utcDay(edge.now());
    const week = mondayOf(today);
    const kept = await settings.health.get();
    const key = `${platform} ${version} ${week}`;
    const row = kept[key] ?? begun(platform, version, week, today, edge.random(ID_BYTES));
    await settings.health.set({ ...kept, [key]: { ...row, is_new: true, counts: plus(row.counts, more) } });
    return null;
  });
}

/** Puts sums that grew into the outbox, at most once a day each; weeks that are over are no longer kept here. */
export function enqueueHealth(edge: Edge): Promise<void> {
  return oneByOne(async () => {
    if (!(await edge.settings.consent.get()).sharing) return;
    const today = utcDay(edge.now());
    const kept = await edge.settings.health.get();
    const due = Object.entries(kept).filter(([, row]) => row.is_new && row.enqueued_on < today);
    await strictly(edge.database, async (writing) => {
      for (const [, row] of due) {
        const item = healthOf({ ...row, revision: row.revision + 1 });
        if (item.revision > MAX_REVISION) continue;
        const { id, revision } = item;
        await writing.objectStore("outbox").put({ id, revision, kind: "health", item });
      }
    });
    const told = due.map(([key, row]) => [
      key,
      { ...row, revision: row.revision + 1, enqueued_on: today, is_new: false },
    ]);
    const weeks = Object.entries<HealthWeek>({ ...kept, ...Object.fromEntries(told) });
    const left = weeks.filter(([, row]) => row.is_new || row.week >= mondayOf(today));
    if (due.length > 0 || left.length < weeks.length)
      await edge.settings.health.set(Object.fromEntries(left));
  });
}

/** The worker stopped sharing, everywhere or on one platform: the sums are dropped. */
export function forgetHealth(edge: Pick<Edge, "settings">, platform: string | null = null): Promise<void> {
  return oneByOne(async () => {
    const kept = Object.entries(await edge.settings.health.get());
    const left = kept.filter(([, row]) => platform !== null && row.platform !== platform);
    await edge.settings.health.set(Object.fromEntries(left));
  });
}

function begun(
  platform: string,
  pack_version: number,
  week: string,
  today: string,
  random: Uint8Array,
): HealthWeek {
  const id = timeOrderedId(Date.parse(`${week}T00:00:00Z`), random);
  const state = { revision: 0, enqueued_on: today, is_new: false };
  return { id, platform, pack_version, week, ...state, counts: NOTHING };
}

function plus(counts: HealthCounts, more: Partial<HealthCounts>): HealthCounts {
  const sums = Object.entries(counts).map(([name, count]) => [
    name,
    count + (more[name as keyof HealthCounts] ?? 0),
  ]);
  return Object.fromEntries(sums) as HealthCounts;
}

/** Whole counts, and no more than the server takes. */
function healthOf({ id, revision, platform, pack_version, week, counts }: HealthWeek): Health {
  const expected_rows = Math.min(counts.expected_rows, MAX_ROWS_IN_A_WEEK);
  return {
    id,
    revision,
    platform,
    pack_version,
    week,
    expected_rows,
    read_rows: Math.min(counts.read_rows, expected_rows),
    changed_pages: Math.min(counts.changed_pages, MAX_ROWS_IN_A_WEEK),
    agreeing_statements: Math.min(counts.agreeing_statements, MAX_STATEMENTS),
    differing_statements: Math.min(counts.differing_statements, MAX_STATEMENTS),
  };
}
