/** A changed site is said once, and taken back by a page of the same kind that reads again. */

import { beforeEach, expect, test } from "vitest";
import { fits, unfit } from "../../../extension/src/background/fitness";
import { NOON, type World, world } from "../world";

let edge: World;
beforeEach(async () => {
  edge = await world();
});

const changed = {
  kind: "unfit",
  platform: "practice",
  page: "listing",
  reason: "titles cannot be read",
} as const;

test("a changed site is kept once, however often its page says so", async () => {
  await unfit(edge, changed);
  await unfit(edge, changed);
  const day = new Date(NOON).toISOString().slice(0, 10);
  expect(await edge.settings.unfit.get()).toEqual({
    practice: { page: "listing", reason: "titles cannot be read", on: day },
  });
});

test("a site that nobody knows cannot be changed", async () => {
  await unfit(edge, { ...changed, platform: "elsewhere" });
  expect(await edge.settings.unfit.get()).toEqual({});
});

test("a page of the same kind that reads again takes it back, another does not", async () => {
  await unfit(edge, changed);
  await fits(edge, "practice", "work");
  expect(Object.keys(await edge.settings.unfit.get())).toEqual(["practice"]);
  await fits(edge, "practice", "listing");
  expect(await edge.settings.unfit.get()).toEqual({});
});

test("what a pack no longer knows is taken back by any page that reads", async () => {
  await unfit(edge, { ...changed, page: "gone_from_the_pack" });
  await fits(edge, "practice", "work");
  expect(await edge.settings.unfit.get()).toEqual({});
});
