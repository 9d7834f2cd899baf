/** The alarm: what is worth a sound, when it is quiet, and that each task sounds once. */

import { beforeEach, describe, expect, test, vi } from "vitest";
import { heard } from "../../../extension/src/background/alarm";
import { type AlarmRules, FIRST_RULES, isQuiet, rings, USUAL } from "../../../extension/src/core/alarm/rules";
import { FORGOTTEN_MS, KEPT_OPEN_MS, news } from "../../../extension/src/core/alarm/seen";
import type { TaskReading } from "../../../extension/src/model/readings";
import type { Rate } from "../../../extension/src/core/snapshot/rate";
import type { Verdict } from "../../../extension/src/core/verdict";
import { NOON, task, type World, world } from "../world";

const VIEW = { currency: "USD", per_usd: 1, floor_per_hour: 7.25 };

function verdict(low: number | null, changes: Partial<Verdict> = {}): Verdict {
  const rate = {
    level: "task",
    people: "10-19",
    effective_usd_per_hour: 9,
    low_usd_per_hour: low,
    release: null,
  } as Rate;
  return { rate: { ...rate, high_usd_per_hour: 12 }, own: null, mark: null, ...changes };
}

const marked = (stance: "avoid" | "favour") => ({ mark: { stance, note: "", noted_on: "2026-11-01" } });

describe("worth a sound", () => {
  test("is a task whose interval lies above the floor, or that paid the worker so", () => {
    expect(rings(verdict(7.25), VIEW, USUAL)).toBe(true);
    expect(rings(verdict(7), VIEW, USUAL)).toBe(false);
    const own = { per_hour: 8, currency: "USD", attempts: 2, level: "task" } as const;
    expect(rings(verdict(1, { own }), VIEW, USUAL)).toBe(true);
    expect(rings(verdict(9, { own: { ...own, per_hour: 2 } }), VIEW, USUAL)).toBe(false);
  });

  test("is never a platform's average, nor an avoided client's task", () => {
    const average = { ...verdict(9).rate, level: "platform" } as Rate;
    expect(rings(verdict(9, { rate: average }), VIEW, USUAL)).toBe(false);
    expect(rings(verdict(9, marked("avoid")), VIEW, { ...USUAL, favoured: true })).toBe(false);
  });

  test("goes by the platform's rule, which asks for more or lets a favourite through", () => {
    expect(rings(verdict(9), VIEW, { ...USUAL, from_per_hour: 10 })).toBe(false);
    expect(rings(verdict(9), VIEW, { ...USUAL, from_per_hour: 1 })).toBe(true);
    expect(rings(verdict(5), VIEW, { ...USUAL, from_per_hour: 1 })).toBe(false);
    expect(rings(verdict(null, marked("favour")), VIEW, { ...USUAL, favoured: true })).toBe(true);
    expect(rings(verdict(1, marked("favour")), VIEW, USUAL)).toBe(false);
  });
});

test.each([
  [{ from: 1320, until: 420 }, 1319, false],
  [{ from: 1320, until: 420 }, 1320, true],
  [{ from: 1320, until: 420 }, 0, true],
  [{ from: 1320, until: 420 }, 420, false],
  [{ from: 60, until: 120 }, 90, true],
  [{ from: 60, until: 120 }, 120, false],
  [{ from: 60, until: 60 }, 60, false],
  [null, 60, false],
])("quiet hours %j at minute %d: %s", (quiet, minute, expected) => {
  expect(isQuiet(quiet, minute)).toBe(expected);
});

describe("news", () => {
  test("is no row that stood there when the listing was opened, and every later one once", () => {
    const opened = news(undefined, ["a", "b"], true, NOON);
    expect(opened.fresh).toEqual([]);
    const later = news(opened.seen, ["c", "a"], false, NOON + 1000);
    expect(later.fresh).toEqual(["c"]);
    expect(news(later.seen, ["c", "b"], false, NOON + 2000).fresh).toEqual([]);
  });

  test("is a new row after loading again, unless the listing was closed for long", () => {
    const { seen } = news(undefined, ["a"], true, NOON);
    expect(news(seen, ["a", "b"], true, NOON + 60_000).fresh).toEqual(["b"]);
    expect(news(seen, ["a", "b"], true, NOON + KEPT_OPEN_MS).fresh).toEqual([]);
  });

  test("is forgotten after a week, so the memory stays small", () => {
    const { seen } = news(undefined, ["a"], true, NOON);
    const later = news(seen, ["b"], false, NOON + FORGOTTEN_MS + 1);
    expect(Object.keys(later.seen.tasks)).toEqual(["b"]);
    const many = Array.from({ length: 9000 }, (_, number) => `t${number}`);
    expect(Object.keys(news(undefined, many, true, NOON).seen.tasks)).toHaveLength(5000);
  });
});

describe("the alarm", () => {
  let edge: World;
  const opened: string[] = [];
  const notified: string[] = [];

  beforeEach(async () => {
    opened.length = 0;
    notified.length = 0;
    vi.stubGlobal("navigator", {
      locks: { request: (_: string, __: object, work: (lock: object) => Promise<void>) => work({}) },
    });
    vi.stubGlobal("chrome", {
      i18n: { getMessage: (key: string) => key, getUILanguage: () => "en" },
      runtime: { getURL: (path: string) => path },
      permissions: { contains: async () => true },
      notifications: {
        create: async (_: string, { message }: { message: string }) => notified.push(message),
      },
      offscreen: {
        hasDocument: async () => false,
        createDocument: async ({ url }: { url: string }) => opened.push(url),
      },
    });
    edge = await world();
    await edge.settings.alarm.set({ ...RULES });
  });

  const RULES: AlarmRules = { ...FIRST_RULES, is_on: true, notification: true, quiet_hours: null };

  async function post(titles: string[], isFirst = false, low = 9): Promise<void> {
    const rows = titles.map((title) => task({ task: { id: null, title } }));
    const judge = async (asked: TaskReading[]) => ({ verdicts: asked.map(() => verdict(low)), view: VIEW });
    const posted = { platform: "practice", rows, is_first: isFirst, tab: 3 };
    await heard({ settings: edge.settings, now: edge.now, judge }, posted);
  }

  test("sounds once for all rows that came together, and never again for them", async () => {
    await post(["one"], true);
    await post(["two", "three"]);
    await post(["two", "three"]);
    expect(opened).toEqual(["chime.html"]);
    expect(notified).toHaveLength(1);
    expect(notified[0]).toContain("two");
  });

  test("is silent below the floor, in quiet hours, on a platform that is off, and when it is off", async () => {
    await post(["low"], false, 2);
    const minute = new Date(NOON).getHours() * 60;
    await edge.settings.alarm.set({ ...RULES, quiet_hours: { from: minute, until: minute + 60 } });
    await post(["quiet"]);
    await edge.settings.alarm.set({ ...RULES, platforms: { practice: { ...USUAL, is_on: false } } });
    await post(["elsewhere"]);
    await edge.settings.alarm.set({ ...RULES, is_on: false });
    await post(["off"]);
    expect([opened, notified]).toEqual([[], []]);
  });

  test("does not make up for quiet hours afterwards", async () => {
    const minute = new Date(NOON).getHours() * 60;
    await edge.settings.alarm.set({ ...RULES, quiet_hours: { from: minute, until: minute + 60 } });
    await post(["night"]);
    await edge.settings.alarm.set(RULES);
    await post(["night"]);
    expect(opened).toEqual([]);
  });

  test("remembers tasks by names that tell nobody what they are", async () => {
    await post(["A very particular title"]);
    expect(JSON.stringify(await edge.settings.alarm_seen.get())).not.toMatch(/particular|Bluebird/);
  });
});
