/** What workers do, message by message as pages and browser tell it, and what must be in the ledger then. */

import { beforeEach, describe, expect, test, vi } from "vitest";
import { answer, ring, TICK, tabs, type Worker } from "../../../extension/src/background/router";
import { tabClosed, tabOpened } from "../../../extension/src/background/tabs";
import type { LedgerRecord } from "../../../extension/src/core/ledger/record";
import type { Message, TaskMessage } from "../../../extension/src/core/messages";
import type { Kept } from "../../../extension/src/core/timer/apply_timer_event";
import type { Ending, TaskReading } from "../../../extension/src/model/readings";
import type { Edge } from "../../../extension/src/platform/context";
import { task, type World, world } from "../world";

const PROLIFIC = "https://app.prolific.com/studies/s1";
const OURS = { tab: 99, address: "", is_own_page: true };
const SURVEY_TAB = 20;

/** What the browser says of itself: which tab is in front, and how long nobody touched anything. */
const machine = { front: 1 as number | null, audible: false, quiet_seconds: 0, is_allowed: true };
let edge: World;
let worker: Worker;

beforeEach(async () => {
  Object.assign(machine, { front: 1, audible: false, quiet_seconds: 0, is_allowed: true });
  vi.stubGlobal("navigator", {
    locks: { request: (_name: string, _options: object, work: (lock: object) => unknown) => work({}) },
  });
  vi.stubGlobal("chrome", {
    alarms: { get: async () => undefined, create: async () => undefined, clear: async () => true },
    storage: { session: { get: async () => ({}), set: async () => undefined } },
    idle: {
      queryState: async (seconds: number) => (machine.quiet_seconds >= seconds ? "idle" : "active"),
    },
    windows: { getLastFocused: async () => ({ id: 1, focused: machine.front !== null }) },
    tabs: { query: async () => [{ id: machine.front, audible: machine.audible }] },
    i18n: { getMessage: (key: string) => key, getUILanguage: () => "en" },
    action: {
      setBadgeText: async () => undefined,
      setTitle: async () => undefined,
      setBadgeBackgroundColor: async () => undefined,
      setBadgeTextColor: async () => undefined,
    },
    permissions: { contains: async () => machine.is_allowed },
  });
  edge = await world();
  worker = { edge, shelf: new Map(), clicks: new Map() };
  await edge.settings.platforms.set({ prolific: true, practice: true });
});

const study = (id: string, changes: Partial<TaskReading> = {}): TaskReading =>
  task({
    platform: "prolific",
    task: { id, title: `Study ${id}` },
    reward: { micros: 2_100_000, currency: "GBP" },
    estimate_seconds: 600,
    limit_seconds: 3600,
    ...changes,
  });
const from = (tab: number) => ({ tab, address: PROLIFIC, is_own_page: false });
const say = (message: Message, tab = 1): Promise<unknown> => answer(worker, message, from(tab));
const reserve = (id: string, changes: Partial<TaskReading> = {}, tab = 1): Promise<unknown> =>
  say(
    {
      kind: "claimed",
      attempt: id,
      task: study(id, changes),
      elapsed_seconds: 0,
      works: "elsewhere",
      claimed_by: "page",
      next: null,
    },
    tab,
  );
const beat = (id: string, active = true, more: object = {}, tab = 1): Promise<unknown> =>
  say({ kind: "pulse", subject: { kind: "task", platform: "prolific", attempt: id }, active, ...more }, tab);
const end = (attempt: string | null, ending: Ending = "submitted"): Promise<unknown> =>
  say({ kind: "ended", platform: "prolific", attempt, ending });
const tell = (attempt: string, outcome: TaskMessage["outcome"]): Promise<unknown> =>
  answer(worker, { kind: "task_end", platform: "prolific", attempt, outcome }, OURS);

/** The page of a study stays in front. */
async function lookAt(id: string, seconds: number, more: object = {}): Promise<void> {
  machine.front = 1;
  await beat(id, true, more);
  for (let passed = 0; passed < seconds; passed += 5) {
    edge.pass(5);
    await beat(id, true, more);
  }
}

/** Another tab, or another window, comes to the front and stays there. */
async function goTo(tab: number | null, seconds: number, id: string | null = null): Promise<void> {
  if (id !== null) await beat(id, false);
  machine.front = tab;
  await front();
  for (let passed = 0; passed < seconds; passed += 30) {
    edge.pass(Math.min(30, seconds - passed));
    await ring(worker, TICK);
  }
  await front();
}

const front = async (): Promise<void> => {
  const { frontChanged } = await import("../../../extension/src/background/tabs");
  await tabs(worker, frontChanged);
};
const opensTab = (tab: number, opener = 1, is_empty_tab = false): Promise<void> =>
  tabs(
    worker,
    (one: Edge): Promise<Kept | null> => tabOpened(one, { tab, opener, is_empty_tab }, worker.clicks),
  );

const records = (): Promise<LedgerRecord[]> => edge.database.getAll("records");
const told = async () =>
  (await records())
    .toSorted((one, other) => one.claimed_at - other.claimed_at)
    .map(({ task: { task: of }, outcome, active_seconds }) => [
      of.title,
      outcome,
      Math.round(active_seconds),
    ]);
const sent = () => edge.server.batches.flatMap(({ observations }) => observations);
const shared = () => sent().map(({ outcome }) => outcome);

describe("a site that lets a worker hold one claim", () => {
  test("a study whose end is not seen is closed by the next one, which is recorded whole", async () => {
    await reserve("s1");
    await lookAt("s1", 20);
    await goTo(null, 600, "s1");
    await reserve("s2");
    await lookAt("s2", 100);
    await end(null);
    expect(await told()).toEqual([
      ["Study s1", "end_unseen", 80],
      ["Study s2", "submitted", 100],
    ]);
    expect(shared()).toEqual(["submitted"]);
  });

  test("five days of such studies record every completed one and invent no hours", async () => {
    for (let day = 1; day <= 5; day++) {
      await reserve(`lost-${day}`, { limit_seconds: null });
      await lookAt(`lost-${day}`, 30);
      await goTo(null, 3600, `lost-${day}`);
      await reserve(`done-${day}`);
      await lookAt(`done-${day}`, 300);
      await end(null);
      edge.pass(20 * 3600);
    }
    const all = await records();
    expect(all.filter(({ outcome }) => outcome === "submitted")).toHaveLength(5);
    expect(all.filter(({ outcome }) => outcome === "end_unseen")).toHaveLength(5);
    const hours = all.reduce((sum, { active_seconds }) => sum + active_seconds, 0) / 3600;
    expect(hours).toBeLessThan((5 * (300 + 90)) / 3600 + 0.001);
  });

  test("what the worker says became of it counts the time shared unseen and is sent", async () => {
    await reserve("s1");
    await lookAt("s1", 20);
    await goTo(null, 600, "s1");
    await reserve("s2");
    const [lost] = await records();
    if (lost === undefined) throw new Error("no record");
    await answer(worker, { kind: "correct", id: lost.id, correction: { outcome: "submitted" } }, OURS);
    expect(await told()).toEqual([["Study s1", "submitted", 620]]);
    expect(await edge.database.getAll("outbox")).toMatchObject([{ item: { outcome: "submitted" } }]);
  });

  test("a status page settles it", async () => {
    await reserve("s1");
    await lookAt("s1", 20);
    await reserve("s2");
    const paid = { micros: 0, currency: "GBP" };
    await say({
      kind: "outcomes",
      platform: "prolific",
      outcomes: [{ attempt: "s1", outcome: "returned", paid }],
    });
    expect((await told())[0]).toEqual(["Study s1", "returned", 20]);
  });

  test("a page of the study before that is still open takes nothing from the next", async () => {
    await reserve("s1");
    await lookAt("s1", 20);
    await reserve("s2", {}, 2);
    await beat("s2", true, {}, 2);
    expect(await beat("s1", true)).toBe("over");
    edge.pass(5);
    await beat("s2", true, {}, 2);
    await end("s2");
    expect(await told()).toEqual([
      ["Study s1", "end_unseen", 20],
      ["Study s2", "submitted", 0],
    ]);
  });
});

describe("a study that is reserved again", () => {
  test("is timed as an attempt of its own, and an approval falls on the one that was handed in", async () => {
    await reserve("s1");
    await lookAt("s1", 20);
    await end("s1", "returned");
    edge.pass(60);
    await reserve("s1");
    await lookAt("s1", 300);
    await end("s1");
    const paid = { micros: 2_100_000, currency: "GBP" };
    await say({
      kind: "outcomes",
      platform: "prolific",
      outcomes: [{ attempt: "s1", outcome: "approved", paid }],
    });
    expect(await told()).toEqual([
      ["Study s1", "returned", 20],
      ["Study s1", "approved", 300],
    ]);
  });

  test("with several submissions has each recorded once, also when the page of the last says so twice", async () => {
    for (let time = 0; time < 3; time++) {
      await reserve("s1");
      await lookAt("s1", 60);
      await end("s1");
      await end("s1");
      await reserve("s1"); // the page draws itself once more before it goes
      edge.pass(30);
    }
    expect((await told()).filter(([, outcome]) => outcome === "submitted")).toHaveLength(3);
  });
});

describe("a task that is open", () => {
  test.each([["submitted"], ["returned"], ["expired"], ["abandoned"]] as const)(
    "is ended by the worker's word: %s",
    async (outcome) => {
      await reserve("s1");
      await lookAt("s1", 20);
      expect(await tell("s1", outcome)).toBe(true);
      expect(await told()).toEqual([["Study s1", outcome, 20]]);
      expect(await tell("s1", outcome)).toBe(false);
      expect(await beat("s1")).toBe("over");
    },
  );

  test("that the worker still works on gets more than the site states", async () => {
    await reserve("s1", { estimate_seconds: 100, limit_seconds: null });
    await lookAt("s1", 10);
    await goTo(null, 600, "s1");
    await tell("s1", "still_working");
    await goTo(null, 600);
    await end("s1");
    expect((await told())[0]?.[2]).toBe(300 + 600);
  });
});

describe("work in a tab that the study's page opened", () => {
  test("counts whole, also while the worker only reads or watches", async () => {
    await reserve("s1");
    await lookAt("s1", 10);
    await opensTab(SURVEY_TAB);
    machine.quiet_seconds = 150;
    await goTo(SURVEY_TAB, 178, "s1");
    await lookAt("s1", 5);
    await end("s1");
    expect(await told()).toEqual([["Study s1", "submitted", 193]]);
    expect((await records())[0]?.is_elsewhere).toBeUndefined();
  });

  test("goes on in tabs that this tab opened", async () => {
    await reserve("s1");
    await lookAt("s1", 10);
    await opensTab(SURVEY_TAB);
    await goTo(SURVEY_TAB, 30, "s1");
    await opensTab(SURVEY_TAB + 1, SURVEY_TAB);
    await goTo(SURVEY_TAB + 1, 40);
    await tabs(worker, (one) => tabClosed(one, SURVEY_TAB + 1));
    await goTo(SURVEY_TAB, 20);
    await end("s1");
    expect((await told())[0]?.[2]).toBe(100);
  });

  test("stops after five minutes without input, after fifteen while the tab can be heard", async () => {
    await reserve("s1");
    await opensTab(SURVEY_TAB);
    await goTo(SURVEY_TAB, 60, "s1");
    machine.quiet_seconds = 310;
    await goTo(SURVEY_TAB, 600);
    expect((await edge.database.get("sessions", "current"))?.attempts[0]?.active_seconds).toBe(60);
    machine.audible = true;
    await goTo(SURVEY_TAB, 120);
    expect((await edge.database.get("sessions", "current"))?.attempts[0]?.active_seconds).toBe(180);
  });

  test("and none of the time on an unrelated site", async () => {
    await reserve("s1");
    await opensTab(SURVEY_TAB);
    await goTo(SURVEY_TAB, 60, "s1");
    await opensTab(77, SURVEY_TAB, true); // opened empty, with a key: the browser names the same opener
    await goTo(77, 95);
    await goTo(SURVEY_TAB, 30);
    await end("s1");
    expect((await told())[0]?.[2]).toBe(90);
  });

  test("that came a moment before the claim is the claim's too", async () => {
    await reserve("s0");
    await lookAt("s0", 5);
    await end("s0");
    await reserve("p0", {}, 8); // another task is open, so that the browser's tabs are looked at
    await say({ kind: "clicked" });
    await opensTab(SURVEY_TAB, 1, true);
    await reserve("s1");
    await goTo(SURVEY_TAB, 30, "s1");
    await end("s1");
    expect((await told()).find(([title]) => title === "Study s1")).toEqual(["Study s1", "submitted", 30]);
  });

  test("in the study's own tab counts once the site's page in it is gone", async () => {
    await reserve("s1");
    await lookAt("s1", 10);
    await beat("s1", false, { is_leaving: true });
    await goTo(1, 60);
    await lookAt("s1", 5);
    await end("s1");
    expect((await told())[0]?.[2]).toBe(75);
  });
});

describe("work where no tab is known", () => {
  test("shares open time, is marked, and gets no more than three times what the study states", async () => {
    await reserve("s1", { estimate_seconds: 120 });
    await lookAt("s1", 10);
    await goTo(null, 3000, "s1");
    await lookAt("s1", 5);
    await end("s1");
    const [record] = await records();
    expect(record).toMatchObject({ active_seconds: 365, is_elsewhere: true });
    expect(sent()).toMatchObject([{ timer: "elsewhere" }]);
  });

  test("gets an hour where the study states nothing, and its limit where that is less", async () => {
    await reserve("s1", { estimate_seconds: null, limit_seconds: null });
    await goTo(null, 5000, "s1");
    await end("s1");
    await reserve("s2", { estimate_seconds: 2000, limit_seconds: 900 });
    await goTo(null, 5000, "s2");
    expect((await told()).map(([, , seconds]) => seconds)).toEqual([3600, 60]); // the limit has passed: end not seen
    expect((await records())[1]).toMatchObject({ outcome: "end_unseen", unseen_seconds: 840 });
  });
});

describe("work inside a frame of another site", () => {
  test("counts for as long as the system is in use", async () => {
    await reserve("s1");
    await lookAt("s1", 1200, { in_frame: true });
    await end("s1");
    expect((await told())[0]?.[2]).toBe(1200);
  });

  test("stops when nobody touches anything for a minute, or five where the worker says that they still work", async () => {
    await reserve("s1");
    await lookAt("s1", 60, { in_frame: true });
    machine.quiet_seconds = 61;
    await lookAt("s1", 120, { in_frame: true });
    expect((await edge.database.get("sessions", "current"))?.attempts[0]?.active_seconds).toBe(60);
    await tell("s1", "still_working");
    await lookAt("s1", 120, { in_frame: true });
    expect((await edge.database.get("sessions", "current"))?.attempts[0]?.active_seconds).toBe(180);
  });
});

describe("a message of a page", () => {
  test("whose beat names an attempt that nobody knows asks the page to claim again", async () => {
    expect(await beat("s1")).toBe("claim");
    await reserve("s1");
    expect(await beat("s1")).toBeNull();
  });

  test("is not heard once its site is switched off, or its permission is taken back", async () => {
    await reserve("s1");
    await lookAt("s1", 10);
    await edge.settings.platforms.set({ prolific: false });
    edge.pass(5);
    await expect(beat("s1")).rejects.toThrow("off");
    await edge.settings.platforms.set({ prolific: true });
    machine.is_allowed = false;
    await expect(beat("s1")).rejects.toThrow("off");
  });

  test.each([
    [
      "a claim",
      {
        kind: "claimed",
        attempt: "x",
        task: task(),
        elapsed_seconds: 0,
        works: "here",
        claimed_by: "page",
        next: null,
      },
    ],
    ["an end", { kind: "ended", platform: "practice", attempt: null, ending: "submitted" }],
    ["an outcome", { kind: "outcomes", platform: "practice", outcomes: [] }],
    ["a changed site", { kind: "unfit", platform: "practice", page: "listing", reason: "" }],
    [
      "a beat",
      { kind: "pulse", subject: { kind: "task", platform: "practice", attempt: "x" }, active: true },
    ],
    ["rows", { kind: "lookup", platform: "practice", rows: [] }],
    ["a note", { kind: "note", platform: "practice", client: { id: "c", name: null } }],
  ] as [string, Message][])("speaks of its own site alone: %s of another is refused", async (_, message) => {
    await expect(say(message)).rejects.toThrow("not from a page of that site");
  });

  test("of an address that is not its own, or of no site, is refused", async () => {
    const elsewhere = { tab: 1, address: "https://other.example/studies", is_own_page: false };
    await expect(answer(worker, { kind: "pack" }, elsewhere)).rejects.toThrow("off");
    await expect(answer(worker, { kind: "pack" }, { ...elsewhere, address: "" })).rejects.toThrow("off");
  });

  test("changes nothing for a worker who keeps no records", async () => {
    await edge.settings.consent.set({ ledger: false, sharing: false });
    expect(await reserve("s1")).toBeNull();
    expect(await edge.database.getAll("sessions")).toEqual([]);
  });
});

describe("a device whose disk is full", () => {
  test("is said to the worker until it takes something again", async () => {
    const { database } = edge;
    const full = new Proxy(database, {
      get: (target, name) => {
        if (name !== "transaction") return Reflect.get(target, name);
        return () => {
          throw new DOMException("no room", "QuotaExceededError");
        };
      },
    });
    worker = { ...worker, edge: { ...edge, database: full } };
    await expect(reserve("s1")).rejects.toThrow("no room");
    expect(await edge.settings.storage_failed.get()).toBe(true);
    worker = { ...worker, edge };
    await reserve("s1");
    expect(await edge.settings.storage_failed.get()).toBe(false);
  });
});

test("a site whose permission the browser took back is named in the popup", async () => {
  expect(await answer(worker, { kind: "today" }, OURS)).toMatchObject({ lost: [] });
  machine.is_allowed = false;
  const { lost } = (await answer(worker, { kind: "today" }, OURS)) as { lost: { name: string }[] };
  expect(lost.map(({ name }) => name).sort()).toEqual(["Practice", "Prolific"]);
});
