import { beforeEach, describe, expect, test } from "vitest";
import { countHealth, enqueueHealth } from "../../../../extension/src/core/capture_health/keep";
import { outboxPage, withhold } from "../../../../extension/src/core/outbox/controls";
import { bodyOf, inOrder } from "../../../../extension/src/core/outbox/outbox";
import { bundled } from "../../../../extension/src/core/packs/packs";
import { mondayOf } from "../../../../extension/src/core/timer/hour";
import { type World, world } from "../../world";

const DAY = 86_400;
let edge: World;

beforeEach(async () => {
  edge = await world();
});

const waiting = async () => (await outboxPage(edge, null)).items;

describe("how well packs read their sites", () => {
  test("is summed by week and goes once a day, with a higher revision, as counts only", async () => {
    await countHealth(edge, "practice", { expected_rows: 20, read_rows: 19 });
    await countHealth(edge, "practice", { changed_pages: 1 });
    await enqueueHealth(edge);
    expect(await waiting()).toEqual([]);
    edge.pass(DAY);
    await enqueueHealth(edge);
    await enqueueHealth(edge);
    const [first, ...none] = await waiting();
    expect(none).toEqual([]);
    const version = bundled.find(({ slug }) => slug === "practice")?.version;
    expect(first?.item).toEqual({
      id: first?.id,
      revision: 1,
      platform: "practice",
      pack_version: version,
      week: "2026-11-23",
      expected_rows: 20,
      read_rows: 19,
      changed_pages: 1,
      agreeing_statements: 0,
      differing_statements: 0,
    });
    edge.pass(7 * DAY);
    await enqueueHealth(edge);
    expect(await edge.settings.health.get()).toEqual({});
  });

  test("keeps its id within a week and takes a new one in the next", async () => {
    await countHealth(edge, "practice", { expected_rows: 1, read_rows: 1 });
    edge.pass(DAY);
    await enqueueHealth(edge);
    await countHealth(edge, "practice", { expected_rows: 1 });
    edge.pass(DAY);
    await enqueueHealth(edge);
    const [item] = await waiting();
    expect(item?.item).toMatchObject({ revision: 2, expected_rows: 2, read_rows: 1 });
    edge.pass(7 * DAY);
    await countHealth(edge, "practice", { expected_rows: 1, read_rows: 1 });
    edge.pass(DAY);
    await enqueueHealth(edge);
    expect((await waiting()).map(({ id }) => id === item?.id)).toEqual([true, false]);
  });

  test("is kept only while the worker shares, and of sites that the server knows", async () => {
    await countHealth(edge, "taught_somewhere", { expected_rows: 1 });
    await withhold(edge, "practice", true);
    await countHealth(edge, "practice", { expected_rows: 1 });
    await edge.settings.consent.set({ ledger: true, sharing: false });
    await countHealth(edge, "prolific", { expected_rows: 1 });
    expect(await edge.settings.health.get()).toEqual({});
  });

  test("a platform that is kept back drops its sums", async () => {
    await countHealth(edge, "practice", { expected_rows: 1 });
    await countHealth(edge, "prolific", { expected_rows: 1 });
    await withhold(edge, "practice", true);
    expect(Object.values(await edge.settings.health.get()).map(({ platform }) => platform)).toEqual(["prolific"]);
  });

  test("follows sightings in a request, and is left out of one that has none", async () => {
    expect(bodyOf([])).toEqual({ observations: [], overheads: [], sightings: [] });
    await countHealth(edge, "practice", { expected_rows: 1 });
    edge.pass(DAY);
    await enqueueHealth(edge);
    expect(bodyOf(inOrder(await waiting())).health).toHaveLength(1);
  });
});

test("a week is named by its Monday", () => {
  expect(["2026-11-29", "2026-11-30", "2026-12-06"].map(mondayOf)).toEqual([
    "2026-11-23",
    "2026-11-30",
    "2026-11-30",
  ]);
});
