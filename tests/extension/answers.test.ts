import { beforeEach, describe, expect, test, vi } from "vitest";
import { answer, ring, TICK, type Worker, wake } from "../../extension/src/answers";
import type { Message } from "../../extension/src/messages";
import { NOON, task, type World, world } from "./world";

const SITE = { tab: 1, is_own_page: false };
const OURS = { tab: 2, is_own_page: true };

/** A browser that remembers alarms and what stands on the toolbar. */
function fakeBrowser() {
  const alarms = new Map<string, object>();
  const shown = { text: "" };
  vi.stubGlobal("navigator", {
    locks: { request: (_name: string, _options: object, work: (lock: object) => Promise<void>) => work({}) },
  });
  vi.stubGlobal("chrome", {
    alarms: {
      get: async (name: string) => alarms.get(name),
      create: async (name: string, when: object) => void alarms.set(name, when),
      clear: async (name: string) => alarms.delete(name),
    },
    idle: { queryState: async () => "active" },
    i18n: { getMessage: (key: string) => key, getUILanguage: () => "en" },
    action: {
      setBadgeText: async ({ text }: { text: string }) => {
        shown.text = text;
      },
      setTitle: async () => undefined,
      setBadgeBackgroundColor: async () => undefined,
      setBadgeTextColor: async () => undefined,
    },
    permissions: { contains: async () => true },
    scripting: { getRegisteredContentScripts: async () => [], registerContentScripts: async () => undefined },
  });
  return { alarms, shown };
}

let edge: World;
let worker: Worker;
let browser: ReturnType<typeof fakeBrowser>;

beforeEach(async () => {
  browser = fakeBrowser();
  edge = await world();
  worker = { edge, shelf: new Map() };
});

const claim: Message = { kind: "claimed", attempt: "a-1", task: task(), elapsed_seconds: 0, works: "here" };
const beat: Message = { kind: "pulse", subject: { kind: "task", attempt: "a-1" }, active: true };
const done: Message = { kind: "ended", platform: "practice", attempt: "a-1", ending: "submitted" };

async function work(seconds: number): Promise<void> {
  await answer(worker, claim, SITE);
  for (let passed = 0; passed <= seconds; passed += 5) {
    await answer(worker, beat, SITE);
    if (passed < seconds) edge.pass(5);
  }
}

describe("a site's page", () => {
  test.each(["today", "sync"] as const)("may not ask for %s", async (kind) => {
    await expect(answer(worker, { kind }, SITE)).rejects.toThrow("not from a page of ours");
  });

  test("may not switch anything on", async () => {
    const consent: Message = { kind: "consent", ledger: true, sharing: true };
    await expect(answer(worker, consent, SITE)).rejects.toThrow("not from a page of ours");
  });

  test("gets a rate for every row it asks about", async () => {
    const rows = [task(), task({ task: { id: null, title: "Another" } })];
    const { rates } = (await answer(worker, { kind: "lookup", platform: "practice", rows }, SITE)) as {
      rates: object[];
    };
    expect(rates).toMatchObject([{ level: "none" }, { level: "none" }]);
  });

  test("that changed is named until it reads again", async () => {
    await answer(worker, { kind: "unfit", platform: "practice", page: "listing", reason: "no rows" }, SITE);
    expect(await answer(worker, { kind: "today" }, OURS)).toMatchObject({ unfit: ["Practice"] });
    await answer(worker, { kind: "lookup", platform: "practice", rows: [task()] }, SITE);
    expect(await answer(worker, { kind: "today" }, OURS)).toMatchObject({ unfit: [] });
  });
});

describe("without either switch", () => {
  test("nothing is timed, kept or sent", async () => {
    await edge.settings.consent.set({ ledger: false, sharing: false });
    await work(60);
    await answer(worker, done, SITE);
    await answer(worker, { kind: "outcomes", platform: "practice", outcomes: [] }, SITE);
    await ring(worker, TICK);
    for (const store of ["sessions", "records", "outbox", "overheads"] as const) {
      expect(await edge.database.count(store)).toBe(0);
    }
    expect(edge.server.batches).toEqual([]);
  });
});

describe("a task", () => {
  test("is timed, recorded, sent and shown", async () => {
    await work(60);
    expect(browser.alarms.has(TICK)).toBe(true);
    expect(browser.shown.text).toBe("21"); // $0.35 in a minute
    await answer(worker, done, SITE);
    expect(browser.alarms.has(TICK)).toBe(false);
    expect(edge.server.batches).toMatchObject([
      { observations: [{ active_seconds: 60, outcome: "submitted" }] },
    ]);
    expect(await answer(worker, { kind: "today" }, OURS)).toMatchObject({
      figures: { tasks: 1, active_seconds: 60, pending_usd_micros: 350_000, effective_usd_per_hour: 21 },
      waiting: 0,
      open: [],
    });
  });

  test("stays on the device, and off the wire, when sharing stops before it is sent", async () => {
    edge.server.trouble = [{ kind: "unreachable" }];
    await work(60);
    await answer(worker, done, SITE);
    expect(await edge.database.count("outbox")).toBe(1);
    await answer(worker, { kind: "consent", ledger: true, sharing: false }, OURS);
    edge.pass(7200);
    await wake(worker);
    expect([await edge.database.count("outbox"), edge.server.batches.length]).toEqual([0, 0]);
    expect(await edge.database.count("records")).toBe(1);
  });

  test("that could not be sent goes as soon as the worker asks", async () => {
    edge.server.trouble = [{ kind: "unreachable" }];
    await work(60);
    await answer(worker, done, SITE);
    await answer(worker, { kind: "sync" }, OURS);
    expect(edge.server.batches).toHaveLength(1);
  });
});

test("rates are fetched for the sites that are switched on, and no others", async () => {
  await edge.settings.platforms.set({ practice: true });
  await ring(worker, "sync");
  expect(edge.server.asked.map(([platform]) => platform)).toEqual(["practice"]);
});

test("at every start the alarms stand again", async () => {
  await wake(worker);
  expect([...browser.alarms.keys()].sort()).toEqual(["flush", "sync"]);
  expect(edge.now()).toBe(NOON);
});
