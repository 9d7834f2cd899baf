import { beforeEach, describe, expect, test } from "vitest";
import { currentSession, recordsSince } from "../../../../extension/src/core/ledger/store";
import { answerByHand } from "../../../../extension/src/background/manual";
import { type ByHand, ownSlug, taskOf, typedPay } from "../../../../extension/src/core/manual/by_hand";
import { keep } from "../../../../extension/src/core/timer/apply_timer_event";
import { attempt, NOON, type World, world } from "../../world";

const SAID: ByHand = {
  title: " Sort receipts ",
  platform: "practice",
  platform_name: "",
  client: "",
  reward: { micros: 2_500_000, currency: "USD" },
  reward_per: "task",
  units: 1,
};
const nothing = async (): Promise<void> => undefined;

let edge: World;
beforeEach(async () => {
  edge = await world();
});

const tick = (idle = false) => keep(edge, { kind: "tick", at: edge.now(), idle });
const open = async () => (await currentSession(edge.database)).attempts;

async function minutes(count: number, idle = false): Promise<void> {
  for (let half = 0; half < count * 2; half += 1) {
    edge.pass(30);
    await tick(idle);
  }
}

describe("the timer by hand", () => {
  beforeEach(() => answerByHand(edge, { kind: "begin_by_hand", said: SAID }, nothing));

  test("counts while it runs, also while no key is touched, and not while it is paused", async () => {
    await minutes(2, true);
    await answerByHand(edge, { kind: "pause_by_hand", is_paused: true }, nothing);
    await minutes(3);
    await answerByHand(edge, { kind: "pause_by_hand", is_paused: false }, nothing);
    await minutes(1);
    expect((await open())[0]?.active_seconds).toBe(180);
  });

  test("shares time with what is worked on elsewhere, and has none of what is in front", async () => {
    await keep(edge, { kind: "claimed", at: edge.now(), claim: attempt({ works: "elsewhere" }) });
    await minutes(2);
    expect((await open()).map(({ active_seconds }) => active_seconds)).toEqual([60, 60]);
    const subject = { kind: "task" as const, platform: "practice", attempt: "a-1" };
    for (let beat = 0; beat < 4; beat += 1) {
      await keep(edge, { kind: "pulse", at: edge.now(), source: 1, subject, active: true });
      edge.pass(10);
    }
    await keep(edge, { kind: "pulse", at: edge.now(), source: 1, subject, active: false });
    const [byHand, other] = await open();
    expect([byHand?.active_seconds, other?.active_seconds]).toEqual([60, 100]);
    expect((edge.now() - NOON) / 1000).toBe(160);
  });

  test("goes on after the browser was killed, and counts nothing of the time between", async () => {
    await minutes(1);
    edge.pass(3_600);
    await keep(edge, { kind: "started", at: edge.now() });
    await minutes(1);
    expect((await open())[0]?.active_seconds).toBe(120);
  });

  test("is not ended by what a page of the same platform says", async () => {
    const over = {
      kind: "ended" as const,
      source: 1,
      platform: "practice",
      attempt: null,
      ending: "submitted" as const,
    };
    await keep(edge, { ...over, at: edge.now() });
    expect(await open()).toHaveLength(1);
  });

  test("runs once at a time", async () => {
    expect(await answerByHand(edge, { kind: "begin_by_hand", said: SAID }, nothing)).toBe(false);
    expect(await open()).toHaveLength(1);
  });

  test("is recorded and shared as timed by hand", async () => {
    await minutes(1);
    await answerByHand(edge, { kind: "end_by_hand", ending: "submitted" }, nothing);
    const [record] = await recordsSince(edge.database, NOON - 1);
    expect([record?.active_seconds, record?.outcome, record?.by_hand]).toEqual([60, "submitted", true]);
    const [item] = await edge.database.getAll("outbox");
    expect(item?.kind === "observation" && [item.item.timer, item.item.task.title]).toEqual([
      "manual",
      "Sort receipts",
    ]);
    const picks = await answerByHand(edge, { kind: "recent_tasks" }, nothing);
    expect((picks as { task: { title: string } }[]).map(({ task }) => task.title)).toEqual(["Sort receipts"]);
  });
});

test("a site of the worker's own keeps its name and goes nowhere", async () => {
  const said = { ...SAID, platform: null, platform_name: "Bureau de traduction" };
  await answerByHand(edge, { kind: "begin_by_hand", said }, nothing);
  edge.pass(30);
  await answerByHand(edge, { kind: "end_by_hand", ending: "returned" }, nothing);
  expect(await edge.database.count("outbox")).toBe(0);
  expect(await edge.settings.own_names.get()).toEqual({ own_bureau_de_traduction: "Bureau de traduction" });
});

test("without a title, a place or a switch nothing begins", async () => {
  expect(taskOf({ ...SAID, title: "  " })).toBeNull();
  expect(taskOf({ ...SAID, platform: null })).toBeNull();
  expect(taskOf({ ...SAID, platform: "nobody" })).toBeNull();
  await edge.settings.consent.set({ ledger: false, sharing: false });
  expect(await answerByHand(edge, { kind: "begin_by_hand", said: SAID }, nothing)).toBe(false);
});

test("a name in any letters makes a slug of its own", () => {
  expect(ownSlug("Click Worker!")).toBe("own_click_worker");
  expect(ownSlug("مكتب الترجمة")).toMatch(/^own_[a-z0-9]+$/);
  expect(ownSlug("مكتب الترجمة")).not.toBe(ownSlug("مكتب آخر"));
});

test("pay is typed with a point or a comma, or not at all", () => {
  expect(typedPay("2.50", "USD")).toEqual({ micros: 2_500_000, currency: "USD" });
  expect(typedPay(" 12,5 ", "EUR")).toEqual({ micros: 12_500_000, currency: "EUR" });
  expect(typedPay("", "USD")).toBeNull();
  expect(["a lot", "1.2.3", "-3", "99999999999"].map((typed) => typedPay(typed, "USD"))).toEqual(
    Array(4).fill(undefined),
  );
});
