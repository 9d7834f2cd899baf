import { beforeEach, describe, expect, test, vi } from "vitest";
import { answer, ring, TICK, type Worker, wake } from "../../../extension/src/background/router";
import type { Today } from "../../../extension/src/core/ledger/figures";
import type { Message } from "../../../extension/src/core/messages";
import { NOON, task, type World, world } from "../world";

const SITE = { tab: 1, address: "http://127.0.0.1:8321/practice", is_own_page: false };
const OURS = { tab: 2, address: "", is_own_page: true };

/** A browser that remembers alarms and what stands on the toolbar. */
function fakeBrowser() {
  const alarms = new Map<string, object>();
  const shown = { text: "" };
  const kept = {};
  vi.stubGlobal("navigator", {
    locks: { request: (_name: string, _options: object, work: (lock: object) => Promise<void>) => work({}) },
  });
  vi.stubGlobal("chrome", {
    alarms: {
      get: async (name: string) => alarms.get(name),
      create: async (name: string, when: object) => void alarms.set(name, when),
      clear: async (name: string) => alarms.delete(name),
    },
    storage: {
      session: {
        get: async () => kept,
        set: async (values: object) => void Object.assign(kept, values),
      },
    },
    idle: { queryState: async () => "active" },
    windows: { getLastFocused: async () => ({ id: 1, focused: false }) },
    tabs: { query: async () => [] },
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
  worker = { edge, shelf: new Map(), clicks: new Map() };
  await edge.settings.platforms.set({ practice: true });
});

const claim: Message = {
  kind: "claimed",
  attempt: "a-1",
  task: task(),
  elapsed_seconds: 0,
  works: "here",
  claimed_by: "page",
  next: null,
};
const beat: Message = {
  kind: "pulse",
  subject: { kind: "task", platform: "practice", attempt: "a-1" },
  active: true,
};
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

  test("gets words for every row it asks about, and the same words once", async () => {
    const rows = [task(), task({ task: { id: null, title: "Another" } })];
    const said = await answer(worker, { kind: "lookup", platform: "practice", rows }, SITE);
    expect(said).toMatchObject({ words: [{ figure: "badge_no_data" }], places: [0, 0] });
  });

  test("is told that rates are not fetched where they are not, and one click fetches them", async () => {
    await edge.settings.consent.set({ ledger: true, sharing: false });
    await edge.settings.platforms.set({ practice: true });
    const ask = () => answer(worker, { kind: "lookup", platform: "practice", rows: [task()] }, SITE);
    expect(await ask()).toMatchObject({ words: [{ figure: "badge_not_fetched", offersRates: true }] });
    expect(edge.server.asked).toEqual([]);
    await answer(worker, { kind: "fetch_rates" }, SITE);
    expect(edge.server.asked).toEqual([["practice", null]]);
    expect(await ask()).toMatchObject({
      words: [{ figure: "badge_no_data", headlines: ["badge_unpublished_headline"], offersRates: false }],
    });
  });

  test("shows a task never done at the worker's pace once they finished five at three titles", async () => {
    const row = (title: string) => task({ client: null, task: { id: null, title } });
    for (const [place, title] of ["A", "A", "A", "B", "C"].entries()) {
      const attempt = `a-${place}`;
      await answer(worker, { ...claim, attempt, task: row(title) } as Message, SITE);
      for (let passed = 0; passed <= 240; passed += 5) {
        await answer(worker, { ...beat, subject: { kind: "task", platform: "practice", attempt } } as Message, SITE);
        if (passed < 240) edge.pass(5);
      }
      await answer(worker, { ...done, attempt } as Message, SITE);
    }
    const ask = () => answer(worker, { kind: "lookup", platform: "practice", rows: [row("Never done")] }, SITE);
    expect(await ask()).toMatchObject({ words: [{ figure: "badge_no_data" }] });
    await ring(worker, "flush");
    expect(await ask()).toMatchObject({ words: [{ figure: "badge_own_pace" }] });
  });

  test("gets the worker's own history first, and what they noted of a client", async () => {
    await work(60);
    await answer(worker, done, SITE);
    const { client } = task();
    if (client) await answer(worker, { kind: "mark", platform: "practice", client, stance: "avoid" }, SITE);
    const said = await answer(worker, { kind: "lookup", platform: "practice", rows: [task()] }, SITE);
    const stance = { which: "avoid", label: "badge_stance_avoid" };
    expect(said).toMatchObject({ words: [{ figure: "badge_own", tone: "above", stance }] });
  });

  test("that changed is named until it reads again", async () => {
    await answer(worker, { kind: "unfit", platform: "practice", page: "listing", reason: "no rows" }, SITE);
    expect(await answer(worker, { kind: "today" }, OURS)).toMatchObject({ unfit: ["Practice"] });
    await answer(worker, { kind: "lookup", platform: "practice", rows: [] }, OURS); // a side panel asks on
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
      figures: { tasks: 1, active_seconds: 60, pending_micros: 350_000, effective_per_hour: 21 },
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

  test.each(["submitted", "returned", "expired", "abandoned"] as const)(
    "ends as the worker says: %s",
    async (outcome) => {
      await work(60);
      const end: Message = { kind: "task_end", platform: "practice", attempt: "a-1", outcome };
      expect(await answer(worker, end, OURS)).toBe(true);
      expect(await edge.database.getAll("records")).toMatchObject([
        { outcome, active_seconds: 60, end_imputed: false },
      ]);
      expect(await answer(worker, end, OURS)).toBe(false);
      await expect(answer(worker, end, SITE)).rejects.toThrow("not from a page of ours");
    },
  );

  test("paid in a currency that has no rate yet is told in that currency", async () => {
    const pounds = task({ reward: { micros: 1_000_000, currency: "GBP" } });
    await answer(worker, { ...claim, task: pounds } as Message, SITE);
    for (let passed = 0; passed <= 60; passed += 5) {
      await answer(worker, beat, SITE);
      if (passed < 60) edge.pass(5);
    }
    expect(browser.shown.text).toBe("60");
    await answer(worker, done, SITE);
    expect(await answer(worker, { kind: "today" }, OURS)).toMatchObject({
      figures: { currency: "GBP", effective_per_hour: 60, unpriced: 0 },
    });
  });

  test("that goes on costs a beat one row of the session, and wakes neither records nor snapshots", async () => {
    await work(30);
    const stores: string[] = [];
    for (const name of ["get", "getAll", "getAllKeys", "openCursor", "count"] as const) {
      for (const kind of [IDBObjectStore, IDBIndex]) {
        const real = kind.prototype[name] as (...given: unknown[]) => unknown;
        vi.spyOn(kind.prototype, name).mockImplementation(function (
          this: IDBObjectStore | IDBIndex,
          ...given: unknown[]
        ) {
          stores.push("objectStore" in this ? this.objectStore.name : this.name);
          return real.apply(this, given) as never;
        });
      }
    }
    edge.pass(5);
    await answer(worker, beat, SITE);
    vi.restoreAllMocks();
    expect(stores).toEqual(["sessions"]);
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

describe("the worker's own records", () => {
  const finished = async () => {
    await work(60);
    edge.pass(60);
    await answer(worker, done, SITE);
    return ((await answer(worker, { kind: "today" }, OURS)) as Today).last;
  };

  test("are asked about once, right after the task, and the answer is sent as a later revision", async () => {
    const asked = await finished();
    expect(asked).toMatchObject({ title: "Describe a photo", guesses: [30, 60, 90, 120] });
    const id = asked?.id ?? "";
    await answer(worker, { kind: "correct", id, correction: { seconds: 90 } }, OURS);
    expect(await answer(worker, { kind: "today" }, OURS)).toMatchObject({
      last: { guesses: [], active_seconds: 60, counted_seconds: 90 },
      figures: { active_seconds: 90, effective_per_hour: 14 },
    });
    await ring(worker, "flush");
    expect(edge.server.batches.at(-1)).toMatchObject({
      observations: [{ id, revision: 2, active_seconds: 90, timer: "manual" }],
    });
  });

  test("are not asked about again once the worker answered", async () => {
    const asked = await finished();
    await edge.settings.answered.set(asked?.id ?? null);
    const last = { title: "Describe a photo", outcome: "submitted", guesses: [] };
    expect(await answer(worker, { kind: "today" }, OURS)).toMatchObject({ last });
  });

  test("are not asked about a quarter of an hour later", async () => {
    await finished();
    edge.pass(900);
    expect(await answer(worker, { kind: "today" }, OURS)).toMatchObject({ last: { guesses: [] } });
  });

  test("are deleted one by one, or all", async () => {
    const asked = await finished();
    await answer(worker, { kind: "remove", id: asked?.id ?? "" }, OURS);
    expect(await edge.database.count("records")).toBe(0);
    await work(30);
    await answer(worker, { kind: "wipe" }, OURS);
    expect(await answer(worker, { kind: "today" }, OURS)).toMatchObject({ open: [], figures: { tasks: 0 } });
  });

  test.each(["correct", "remove", "wipe"] as const)("are out of a site's reach: %s", async (kind) => {
    const message = { kind, id: "x", correction: {} } as Message;
    await expect(answer(worker, message, SITE)).rejects.toThrow("not from a page of ours");
  });
});

test("a start of the browser is told to the timer once, and a waking of the worker is not", async () => {
  await work(60);
  edge.pass(10);
  await wake(worker);
  await answer(worker, beat, SITE);
  edge.pass(5);
  await wake(worker);
  await answer(worker, beat, SITE);
  expect(await answer(worker, { kind: "today" }, OURS)).toMatchObject({ open: [{ active_seconds: 65 }] });
});
