import { beforeEach, describe, expect, test } from "vitest";
import { outboxPage, withdraw, withhold } from "../../../extension/src/outbox/desk";
import { flush } from "../../../extension/src/outbox/flush";
import { timeOrderedId } from "../../../extension/src/outbox/id";
import { erase } from "../../../extension/src/outbox/rights";
import { enqueueSightings, forgetSightings, keepGlance } from "../../../extension/src/supply/keep";
import { type World, world } from "../world";

const DAY = 86_400;
const ID = timeOrderedId(Date.parse("2026-11-23T00:00:00Z"), new Uint8Array(10).fill(9));
let edge: World;

beforeEach(async () => {
  edge = await world();
});

const look = (rows: number[], platform = "practice") =>
  keepGlance(edge, { kind: "glance", platform, view: 1, rows, by_hand: false });

/** Three tasks appear in the first minute after noon; one of them lives for forty seconds. */
async function watch(platform = "practice"): Promise<void> {
  for (const rows of [[1], [1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3]]) {
    await look(rows, platform);
    edge.pass(20);
  }
}

describe("counts of open listings", () => {
  test("go into the outbox once their day is over, as counts only", async () => {
    await watch();
    await enqueueSightings(edge);
    expect((await outboxPage(edge, null)).waiting).toBe(0);
    edge.pass(DAY);
    await enqueueSightings(edge);
    const [item] = (await outboxPage(edge, null)).items;
    expect(item?.kind).toBe("sighting");
    if (item?.kind !== "sighting") return;
    expect(Object.keys(item.item).sort()).toEqual([
      "appeared",
      "day",
      "id",
      "lives",
      "platform",
      "revision",
      "watched_minutes",
    ]);
    expect(item.item.watched_minutes).toEqual(new Array(24).fill(0).with(12, 1));
    expect(item.item.appeared).toEqual(new Array(24).fill(0).with(12, 3));
    expect(item.item.lives).toEqual([1, 0, 0, 0, 0, 0]);
    expect(await edge.settings.sightings.get()).toEqual({});
  });

  test("go on the wire as the golden file says", async () => {
    await watch();
    await edge.settings.sightings.set(
      Object.fromEntries(
        Object.entries(await edge.settings.sightings.get()).map(([key, day]) => [key, { ...day, id: ID }]),
      ),
    );
    edge.pass(DAY);
    await enqueueSightings(edge);
    const told = (await edge.database.getAll("outbox")).map(({ item }) => item);
    await expect(`${JSON.stringify(told, null, 2)}\n`).toMatchFileSnapshot(
      "../../fixtures/wire/sightings.json",
    );
  });

  test("are sent in their own list, and gone when their receipt is here", async () => {
    await watch();
    edge.pass(DAY);
    await flush(edge);
    expect(edge.server.batches.at(-1)?.sightings).toHaveLength(1);
    expect((await outboxPage(edge, null)).waiting).toBe(0);
  });

  test("can be taken out before they go", async () => {
    await watch();
    edge.pass(DAY);
    await enqueueSightings(edge);
    const [item] = (await outboxPage(edge, null)).items;
    expect(await withdraw(edge.database, [item?.id ?? ""])).toBe(1);
    await flush(edge);
    expect(edge.server.batches).toEqual([]);
  });

  test("are not made where the worker does not share", async () => {
    await edge.settings.consent.set({ ledger: true, sharing: false });
    await watch();
    expect(await edge.settings.sightings.get()).toEqual({});
  });

  test("are not made on a platform that is kept to oneself, and what was made of it goes", async () => {
    await watch();
    await withhold(edge, "practice", true);
    expect(await edge.settings.sightings.get()).toEqual({});
    await watch();
    expect(await edge.settings.sightings.get()).toEqual({});
  });

  test("are not made of a site that the server does not know", async () => {
    await watch("taught_1");
    expect(await edge.settings.sightings.get()).toEqual({});
    expect(await edge.settings.looks.get()).toEqual({});
  });

  test("are gone with an erasure, and when sharing ends", async () => {
    await watch();
    await forgetSightings(edge);
    expect(await edge.settings.sightings.get()).toEqual({});
    await watch();
    await edge.settings.credentials.set({ contributor_id: "c", secret: "s" });
    await erase(edge);
    expect(await edge.settings.sightings.get()).toEqual({});
  });

  test("hold no words of any task", async () => {
    await watch();
    expect(
      JSON.stringify([await edge.settings.sightings.get(), await edge.settings.looks.get()]),
    ).not.toMatch(/photo/i);
  });
});
