import { beforeEach, expect, test } from "vitest";
import { bandOf, keepAction, removeAction } from "../../../../extension/src/core/account_actions/keep";
import { outboxPage } from "../../../../extension/src/core/outbox/controls";
import { type World, world } from "../../world";
import { usd } from "../ledger/terms";

const SAID = { platform: "practice", kind: "pause" as const, day: "2026-11-25", pending: usd(43.2) };
let edge: World;

beforeEach(async () => {
  edge = await world();
});

const waiting = async () => (await outboxPage(edge, null)).items;

test("a pause is kept with its day and amount, and sent with its week and a coarse step alone", async () => {
  await keepAction(edge, SAID, {});
  expect(await edge.database.getAll("actions")).toMatchObject([SAID]);
  const [item] = await waiting();
  expect(item?.item).toEqual({
    id: item?.id,
    revision: 1,
    platform: "practice",
    week: "2026-11-23",
    kind: "pause",
    pending_band: "under_100",
  });
});

test("what the worker takes back is not sent", async () => {
  await keepAction(edge, SAID, {});
  const [action] = await edge.database.getAll("actions");
  await removeAction(edge, action?.id ?? "");
  expect([await edge.database.getAll("actions"), await waiting()]).toEqual([[], []]);
});

test("nothing is sent of a platform that is kept to oneself, or without sharing", async () => {
  await edge.settings.withheld.set({ practice: true });
  await keepAction(edge, SAID, {});
  await edge.settings.withheld.set({});
  await edge.settings.consent.set({ ledger: true, sharing: false });
  await keepAction(edge, SAID, {});
  expect([(await edge.database.getAll("actions")).length, await waiting()]).toEqual([2, []]);
});

test("the step of money is in dollars, and unknown without a rate of the day", () => {
  const pounds = (amount: number) => ({ micros: amount * 1_000_000, currency: "GBP" });
  expect([null, usd(0), usd(9.99), usd(10), usd(100), usd(1000)].map((one) => bandOf(one, {}))).toEqual([
    "none",
    "none",
    "under_10",
    "under_100",
    "under_1000",
    "from_1000",
  ]);
  expect([bandOf(pounds(8), { GBP: 1.3 }), bandOf(pounds(8), {})]).toEqual(["under_100", null]);
});
