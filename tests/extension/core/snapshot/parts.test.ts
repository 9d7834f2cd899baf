import { expect, test } from "vitest";
import { type Shelf, snapshotOf, sync } from "../../../../extension/src/core/snapshot/sync";
import { freshName, no, type World, world, yes } from "../../world";

const head = (release: string) => ({
  platform: "practice",
  release,
  as_of: "2026-11-23",
  nature: "real",
  usd_per: {},
  rates: {},
  platform_rate: [50, 3, 2, 4, 5, 0.9, 0.7],
  slope: 0.6,
});
const key = (prefix: string) => `${prefix}23456789ab`;
const PREFIXES = ["00", "7f", "ff"];

/** A release in parts, and how much each client of it pays. */
function publish(edge: World, release: string, pay: number): void {
  edge.server.snapshots.set("practice", yes({ ...head(release), parts: PREFIXES }, `"${release}"`));
  for (const part of PREFIXES) {
    const rates = { [key(part)]: [10, pay, 2, 4, 5, 0.9, 0.7] };
    edge.server.snapshots.set(
      `practice.${part}`,
      yes({ ...head(release), part, rates }, `"${release}${part}"`),
    );
  }
}

async function pays(edge: World): Promise<(number | null | undefined)[]> {
  const kept = await snapshotOf(edge, new Map(), "practice");
  return PREFIXES.map((prefix) => kept?.rates[key(prefix)]?.[1]);
}

test("all parts are fetched, whatever the worker looks at, and serve as one", async () => {
  const name = freshName();
  const edge = await world(name);
  publish(edge, "2026-11-23", 3);
  const shelf: Shelf = new Map();
  await sync(edge, shelf, ["practice"]);
  expect(edge.server.asked.map(([asked]) => asked).sort()).toEqual([
    "practice",
    ...PREFIXES.map((prefix) => `practice.${prefix}`),
  ]);
  expect(Object.keys(shelf.get("practice")?.rates ?? {})).toEqual(PREFIXES.map(key));
  edge.database.close();
  expect(await pays(await world(name))).toEqual([3, 3, 3]);
});

test("a new release takes the place of the old in all parts at once", async () => {
  const edge = await world();
  publish(edge, "2026-11-23", 3);
  await sync(edge, new Map(), ["practice"]);
  publish(edge, "2026-11-30", 4);
  await sync(edge, new Map(), ["practice"]);
  expect(await pays(edge)).toEqual([4, 4, 4]);
  expect(edge.server.asked.slice(-1)[0]?.[1]).toBe('"2026-11-23ff"');
});

test("a platform that was in one piece and grew goes over to parts, and back", async () => {
  const edge = await world();
  const whole = { ...head("2026-11-22"), rates: { [key("00")]: [10, 1, 1, 1, 1, 1, 1] } };
  edge.server.snapshots.set("practice", yes(whole));
  await sync(edge, new Map(), ["practice"]);
  publish(edge, "2026-11-23", 3);
  await sync(edge, new Map(), ["practice"]);
  expect(await pays(edge)).toEqual([3, 3, 3]);
  edge.server.snapshots.set("practice", yes({ ...whole, release: "2026-11-30" }));
  await sync(edge, new Map(), ["practice"]);
  expect(await pays(edge)).toEqual([1, undefined, undefined]);
});

const LATER = "2026-11-30";
const wrong = { ...head(LATER), part: "7f", rates: { [key("7f")]: [10, 9, 2, 4, 5, 0.9, 0.7] } };
test.each<[string, (edge: World) => unknown]>([
  ["does not come", () => no(503)],
  ["is gone", () => no(404)],
  ["is of another release", () => yes({ ...wrong, release: "2026-12-01" })],
  ["is another part", () => yes({ ...wrong, part: "7e" })],
  ["holds keys of other parts", () => yes({ ...wrong, rates: { [key("ff")]: [10, 9, 2, 4, 5, 0.9, 0.7] } })],
  ["has no signature", () => yes({ text: JSON.stringify(wrong), signature: null })],
])("where a part %s the last good rates stay, all of them", async (_name, trouble) => {
  const edge = await world();
  publish(edge, "2026-11-23", 3);
  await sync(edge, new Map(), ["practice"]);
  publish(edge, LATER, 4);
  edge.server.snapshots.set("practice.7f", trouble(edge) as ReturnType<typeof yes>);
  await sync(edge, new Map(), ["practice"]);
  expect(await pays(edge)).toEqual([3, 3, 3]);
  expect(await edge.settings.synced.get()).toMatchObject({
    practice: { is_current: false, release: "2026-11-23" },
  });
});

test("what came of a release before the line broke is not fetched again", async () => {
  const edge = await world();
  publish(edge, "2026-11-23", 3);
  const last = edge.server.snapshots.get("practice.ff");
  edge.server.snapshots.set("practice.ff", { kind: "unreachable" });
  await sync(edge, new Map(), ["practice"]);
  expect(await pays(edge)).toEqual([undefined, undefined, undefined]);
  edge.server.asked.length = 0;
  if (last) edge.server.snapshots.set("practice.ff", last);
  await sync(edge, new Map(), ["practice"]);
  expect(edge.server.asked.map(([asked]) => asked)).toEqual(["practice", "practice.ff"]);
  expect(await pays(edge)).toEqual([3, 3, 3]);
  const kept = (await edge.database.getAllKeys("snapshots")).toSorted();
  expect(kept).toEqual(["practice", "practice.00", "practice.7f", "practice.ff"]);
});
