/** Counts of open listings by platform and day, kept until the day is over and then put into the outbox. */

import {
  MAX_HOURS,
  MAX_LISTING_MINUTES,
  MAX_LISTINGS,
  MAX_LIVES,
  MAX_UNITS_GONE,
  MAX_WATCHED_MINUTES,
  type Sighting,
  type UnitsSeen,
} from "../../generated/contract";
import type { Edge } from "../../platform/context";
import { strictly } from "../../platform/database";
import type { PageMessage } from "../messages";
import { timeOrderedId } from "../outbox/id";
import { bundled } from "../packs/packs";
import { utcDay } from "../timer/hour";
import { type Counted, looked } from "./counts";
import { added, noUnits, type Units } from "./units";

/** One platform and day (UTC), so far. */
export interface SightingDay {
  platform: string;
  day: string;
  id: string;
  watched_ms: number[];
  appeared: number[];
  lives: number[];
  /** Missing from days that an older version began. */
  units?: Units;
}

let turn: Promise<unknown> = Promise.resolve();

/** Whoever reads and writes what is kept waits for whoever does. */
function oneByOne<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work);
  turn = mine.catch(() => undefined);
  return mine;
}

const MINUTE_MS = 60_000;
const ID_BYTES = 10;

/** Takes a look at a listing. Nothing is kept where the worker does not share, or where the server knows no such site. */
export function keepGlance(edge: Edge, glance: Extract<PageMessage, { kind: "glance" }>): Promise<null> {
  return oneByOne(async () => {
    const { settings } = edge;
    const { platform } = glance;
    const isShared = (await settings.consent.get()).sharing && !(await settings.withheld.get())[platform];
    if (!isShared || !bundled.some(({ slug }) => slug === platform)) return null;
    const looks = await settings.looks.get();
    const { look, counted } = looked(looks[platform], glance, edge.now());
    await settings.looks.set({ ...looks, [platform]: look });
    if (counted !== null) await add(edge, platform, counted);
    return null;
  });
}

/** Puts every day that is over into the outbox; what is there is no longer kept here. */
export function enqueueSightings(edge: Edge): Promise<void> {
  return oneByOne(async () => {
    if (!(await edge.settings.consent.get()).sharing) return;
    const today = utcDay(edge.now());
    const kept = await edge.settings.sightings.get();
    const over = Object.entries(kept).filter(([, { day }]) => day < today);
    if (over.length === 0) return;
    await strictly(edge.database, async (writing) => {
      for (const [, day] of over) {
        const item = sightingOf(day);
        await writing
          .objectStore("outbox")
          .put({ id: item.id, revision: item.revision, kind: "sighting", item });
      }
    });
    await edge.settings.sightings.set(
      Object.fromEntries(Object.entries(kept).filter(([, { day }]) => day >= today)),
    );
  });
}

/** The worker stopped sharing, everywhere or on one platform: what was counted is nobody's. */
export function forgetSightings(edge: Pick<Edge, "settings">, platform: string | null = null): Promise<void> {
  return oneByOne(async () => {
    const kept = Object.entries(await edge.settings.sightings.get());
    const left = kept.filter(([, day]) => platform !== null && day.platform !== platform);
    await edge.settings.sightings.set(Object.fromEntries(left));
    await edge.settings.looks.set({});
  });
}

async function add(edge: Edge, platform: string, counted: Counted): Promise<void> {
  const now = edge.now();
  const [day, hour] = [utcDay(now), new Date(now).getUTCHours()];
  const kept = await edge.settings.sightings.get();
  const key = `${platform} ${day}`;
  const before = kept[key] ?? begun(platform, day, edge.random(ID_BYTES));
  const row = {
    ...before,
    watched_ms: plus(before.watched_ms, hour, counted.watched_ms),
    appeared: plus(before.appeared, hour, counted.appeared),
    lives: before.lives.map((count, place) => count + (counted.lives[place] ?? 0)),
    units: added(before.units ?? noUnits(), counted.units),
  };
  await edge.settings.sightings.set({ ...kept, [key]: row });
}

function begun(platform: string, day: string, random: Uint8Array): SightingDay {
  const none = (length: number): number[] => new Array<number>(length).fill(0);
  const id = timeOrderedId(Date.parse(`${day}T00:00:00Z`), random);
  const hours = { watched_ms: none(MAX_HOURS), appeared: none(MAX_HOURS) };
  return { platform, day, id, ...hours, lives: none(MAX_LIVES) };
}

function plus(counts: readonly number[], place: number, more: number): number[] {
  return counts.map((count, at) => (at === place ? count + more : count));
}

/** Whole minutes, and no more than the server takes. */
function sightingOf({ platform, day, id, watched_ms, appeared, lives, units }: SightingDay): Sighting {
  const most = (count: number): number => Math.min(count, MAX_LISTINGS);
  const minutes = watched_ms.map((ms) => Math.min(Math.ceil(ms / MINUTE_MS), MAX_WATCHED_MINUTES));
  const seen = units?.watched_ms.some((ms) => ms > 0) ? { units: unitsSeen(units) } : {};
  return {
    id,
    revision: 1,
    platform,
    day,
    watched_minutes: minutes,
    appeared: appeared.map(most),
    lives: lives.map(most),
    ...seen,
  };
}

function unitsSeen({ watched_ms, gone }: Units): UnitsSeen {
  return {
    watched_minutes: watched_ms.map((ms) => Math.min(Math.ceil(ms / MINUTE_MS), MAX_LISTING_MINUTES)),
    gone: gone.map((count) => Math.min(count, MAX_UNITS_GONE)),
  };
}
