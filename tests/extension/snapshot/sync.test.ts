import { expect, test } from "vitest";
import { type Shelf, snapshotOf, sync } from "../../../extension/src/snapshot/sync";
import { freshName, no, world, yes } from "../world";

const SNAPSHOT = {
  platform: "practice",
  release: "2026-11-23",
  as_of: "2026-11-23T00:00:00Z",
  nature: "real",
  usd_per: {},
  rates: {},
  platform_rate: null,
};

test("rates are fetched, kept over a restart, and asked for by the name they had", async () => {
  const name = freshName();
  const before = await world(name);
  before.server.snapshots.set("practice", yes(SNAPSHOT, '"v1"'));
  await sync(before, new Map(), ["practice"]);
  before.database.close();
  const after = await world(name);
  const shelf: Shelf = new Map();
  expect((await snapshotOf(after, shelf, "practice"))?.release).toBe("2026-11-23");
  after.server.snapshots.set("practice", { kind: "unchanged" });
  await sync(after, shelf, ["practice"]);
  expect(after.server.asked).toEqual([["practice", '"v1"']]);
  expect(await after.settings.synced.get()).toMatchObject({
    practice: { is_current: true, release: "2026-11-23" },
  });
});

test("a new release takes the place of the old at once", async () => {
  const edge = await world();
  const shelf: Shelf = new Map();
  edge.server.snapshots.set("practice", yes(SNAPSHOT));
  await sync(edge, shelf, ["practice"]);
  edge.server.snapshots.set("practice", yes({ ...SNAPSHOT, release: "2026-11-30" }));
  await sync(edge, shelf, ["practice"]);
  expect((await snapshotOf(edge, shelf, "practice"))?.release).toBe("2026-11-30");
});

test.each([
  ["no line", { kind: "unreachable" } as const],
  ["a busy server", no(503)],
  ["a page that is no snapshot", yes({ hello: "world" })],
  ["a snapshot of another platform", yes({ ...SNAPSHOT, platform: "other" })],
])("%s leaves the last good rates", async (_name, trouble) => {
  const edge = await world();
  const shelf: Shelf = new Map();
  edge.server.snapshots.set("practice", yes(SNAPSHOT));
  await sync(edge, shelf, ["practice"]);
  edge.server.snapshots.set("practice", trouble);
  await sync(edge, shelf, ["practice"]);
  expect((await snapshotOf(edge, new Map(), "practice"))?.release).toBe("2026-11-23");
  expect(await edge.settings.synced.get()).toMatchObject({ practice: { is_current: false } });
});

test("only the platforms asked for are fetched", async () => {
  const edge = await world();
  await sync(edge, new Map(), []);
  expect(edge.server.asked).toEqual([]);
});
