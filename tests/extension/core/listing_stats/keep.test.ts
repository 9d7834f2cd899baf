import { beforeEach, describe, expect, test } from "vitest";
import { empty, outboxPage, withdraw, withhold } from "../../../../extension/src/core/outbox/controls";
import { flush } from "../../../../extension/src/core/outbox/flush";
import { timeOrderedId } from "../../../../extension/src/core/outbox/id";
import { erase } from "../../../../extension/src/core/outbox/rights";
import { enqueueSightings, forgetSightings, keepGlance } from "../../../../extension/src/core/listing_stats/keep";
import { type World, world } from "../../world";

const DAY = 86_400;
const idOf = (day: string) => timeOrderedId(Date.parse(`${day}T00:00:00Z`), new Uint8Array(10).fill(9));
const none = (length: number) => new Array<number>(length).fill(0);
const begun = {
  ...{ platform: "practice", day: "2026-11-01", id: idOf("2026-11-01") },
  ...{ watched_ms: none(24), appeared: none(24), lives: none(6) },
};
let edge: World;

beforeEach(async () => {
  edge = await world();
});

type LeftOf = (row: number, turn: number) => number | null;
const silent: LeftOf = () => null;
const falling: LeftOf = (row, turn) => (row === 1 ? 30 - 2 * turn : 5 - turn);

/** Three tasks appear in the first minute after noon; one of them lives for forty seconds. */
async function watch(platform = "practice", left = silent): Promise<void> {
  for (const [turn, rows] of [[1], [1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3]].entries()) {
    const counts = rows.map((row) => left(row, turn));
    await keepGlance(edge, { kind: "glance", platform, view: 1, rows, left: counts, by_hand: false });
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

  test("hold how many units went, by how many were left, where the site counts them", async () => {
    await watch("practice", falling);
    edge.pass(DAY);
    await enqueueSightings(edge);
    const [item] = (await outboxPage(edge, null)).items;
    if (item?.kind !== "sighting") throw new Error("no sighting waits");
    // Of row 1 two went three times; of the others one each in 20 s, and the three that row 4 had left when it went.
    expect(item.item.units).toEqual({ watched_minutes: [2, 0, 1, 0, 0], gone: [8, 0, 6, 0, 0] });
  });

  test("go on the wire as the golden file says", async () => {
    for (const left of [silent, falling]) {
      await watch("practice", left);
      await edge.settings.sightings.set(
        Object.fromEntries(
          Object.entries(await edge.settings.sightings.get()).map(([key, day]) => {
            return [key, { ...day, id: idOf(day.day) }];
          }),
        ),
      );
      edge.pass(DAY);
    }
    await enqueueSightings(edge);
    const told = (await edge.database.getAll("outbox")).map(({ item }) => item);
    await expect(`${JSON.stringify(told, null, 2)}\n`).toMatchFileSnapshot(
      "../../../fixtures/wire/sightings.json",
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

  test("wait for nothing once sharing has ended, whatever was on its way", async () => {
    await watch();
    edge.pass(DAY);
    const sending = flush(edge);
    const ending = edge.settings.consent
      .set({ ledger: true, sharing: false })
      .then(() => forgetSightings(edge))
      .then(() => empty(edge.database));
    await Promise.all([sending, ending]);
    await enqueueSightings(edge);
    expect((await outboxPage(edge, null)).waiting).toBe(0);
    await edge.settings.sightings.set({ kept: begun });
    await enqueueSightings(edge);
    expect((await outboxPage(edge, null)).waiting).toBe(0);
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
