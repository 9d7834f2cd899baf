import { describe, expect, test } from "vitest";
import { type Shelf, snapshotOf, sync } from "../../../../extension/src/core/snapshot/sync";
import { freshName, no, Signer, type World, world, yes } from "../../world";

const KEY = "0123456789ab";
const SNAPSHOT = {
  platform: "practice",
  release: "2026-11-23",
  as_of: "2026-11-23",
  nature: "real",
  usd_per: {},
  rates: { [KEY]: [10, 3, 2, 4, 5, 0.9, 0.7] },
  platform_rate: null,
  slope: 0.6,
};

async function kept(edge: World): Promise<string | undefined> {
  return (await snapshotOf(edge, new Map(), "practice"))?.release;
}

async function synced(answers: (value: World) => Promise<void> | void): Promise<World> {
  const edge = await world();
  edge.server.snapshots.set("practice", yes(SNAPSHOT, '"v1"'));
  await sync(edge, new Map(), ["practice"]);
  await answers(edge);
  await sync(edge, new Map(), ["practice"]);
  return edge;
}

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
  expect(after.server.since).toEqual(["2026-11-23"]);
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

const signed = async (edge: World, value: object) => (await edge.server.signer.signed(value)).signature;
const NEXT = { ...SNAPSHOT, release: "2026-11-30" };

test.each<[string, (edge: World) => unknown]>([
  ["no line", () => ({ kind: "unreachable" })],
  ["a busy server", () => no(503)],
  ["a page that is no snapshot", () => yes({ hello: "world" })],
  ["a page that is not even JSON", () => yes({ text: "<html>", signature: "AAAA" })],
  ["a snapshot of another platform", () => yes({ ...NEXT, platform: "other" })],
  ["a snapshot without a signature", () => yes({ text: JSON.stringify(NEXT), signature: null })],
  ["a signature that is none", () => yes({ text: JSON.stringify(NEXT), signature: "not base64 at all" })],
  [
    "one changed digit",
    async (edge) =>
      yes({ text: JSON.stringify(NEXT).replace("[10,3,", "[10,9,"), signature: await signed(edge, NEXT) }),
  ],
  ["somebody else's signature", async () => yes(await (await Signer.make()).signed(NEXT))],
  ["an older release, signed as it was", () => yes({ ...SNAPSHOT, release: "2026-11-16" })],
  ["an archive after shared timings", () => yes({ ...SNAPSHOT, release: "2026-12-24-archive" })],
  ["a release whose name says no day", () => yes({ ...SNAPSHOT, release: "tomorrow" })],
  [
    "a delta that does not belong to what is here",
    () => yes({ since: "2026-11-16", before: '{"rates":{', after: "}}", changed: "", removed: [] }),
  ],
])("%s leaves the last good rates", async (_name, trouble) => {
  const edge = await synced(async (one) => {
    one.server.snapshots.set("practice", (await trouble(one)) as ReturnType<typeof yes>);
  });
  expect(await kept(edge)).toBe("2026-11-23");
  expect(await edge.settings.synced.get()).toMatchObject({ practice: { is_current: false } });
});

describe("what changed", () => {
  const text = (rates: string, release: string): string =>
    `{"as_of":"2026-11-23","nature":"real","platform":"practice","platform_rate":null,"rates":{${rates}},"release":"${release}","usd_per":{}}`;
  const old = '"000000000001":[10,3.0,2.0,4.0,5.0,0.9,0.7],"0000000000ff":[50,1.0,1.0,2.0,1.0,1.0,1.0]';
  const now = '"000000000001":[10,3.0,2.0,4.0,5.0,0.9,0.7],"00000000000a":[20,6.28e-5,1.0,2.0,1.0,1.0,1.0]';
  const delta = JSON.stringify({
    since: "2026-11-23",
    before: text("", "2026-11-30").split("}")[0],
    after: '},"release":"2026-11-30","usd_per":{}}',
    changed: '"00000000000a":[20,6.28e-5,1.0,2.0,1.0,1.0,1.0]',
    removed: ["0000000000ff"],
  });

  async function withDelta(given: string, signature: string): Promise<World> {
    const edge = await world();
    const first = text(old, "2026-11-23");
    edge.server.snapshots.set(
      "practice",
      yes({ text: first, signature: await edge.server.signer.signature(first) }),
    );
    await sync(edge, new Map(), ["practice"]);
    edge.server.snapshots.set("practice", yes({ text: given, signature }));
    await sync(edge, new Map(), ["practice"]);
    return edge;
  }

  test("makes the very text that was signed, whatever its numbers look like", async () => {
    const signer = (await world()).server.signer;
    const edge = await withDelta(delta, await signer.signature(text(now, "2026-11-30")));
    const stored = await edge.database.get("snapshots", "practice");
    expect(stored?.text).toBe(text(now, "2026-11-30"));
    expect(stored?.snapshot.rates["00000000000a"]?.[1]).toBe(6.28e-5);
    expect(Object.keys(stored?.snapshot.rates ?? {})).toEqual(["000000000001", "00000000000a"]);
  });

  test("is asked for whole where it does not fit", async () => {
    const signer = (await world()).server.signer;
    const edge = await withDelta(
      delta.replace("20,", "21,"),
      await signer.signature(text(now, "2026-11-30")),
    );
    expect(edge.server.since).toEqual([null, "2026-11-23", null]);
    expect(await kept(edge)).toBe("2026-11-23");
  });
});

describe("the key", () => {
  test("that this build was made for is the only one", async () => {
    const edge = { ...(await world()), key: (await Signer.make()).public_key };
    edge.server.snapshots.set("practice", yes(SNAPSHOT));
    await sync(edge, new Map(), ["practice"]);
    expect(await snapshotOf(edge, new Map(), "practice")).toBeNull();
  });

  test("that signed real rates is never changed", async () => {
    const edge = await synced(async (one) => {
      one.server.signer = await Signer.make();
      one.server.snapshots.set("practice", yes({ ...SNAPSHOT, release: "2026-11-30" }));
    });
    expect(await kept(edge)).toBe("2026-11-23");
  });

  test("of a demo follows the demo when it is made anew, and its older rates go", async () => {
    const edge = await world();
    edge.server.snapshots.set("practice", yes({ ...SNAPSHOT, nature: "demo" }));
    await sync(edge, new Map(), ["practice"]);
    edge.server.signer = await Signer.make();
    edge.server.snapshots.set("practice", yes({ ...SNAPSHOT, nature: "demo", release: "2026-11-02" }));
    await sync(edge, new Map(), ["practice"]);
    expect(await kept(edge)).toBe("2026-11-02");
  });

  test("is asked for once", async () => {
    const edge = await world();
    let asked = 0;
    const { server } = edge;
    const answer = server.key.bind(server);
    server.key = () => {
      asked += 1;
      return answer();
    };
    server.snapshots.set("practice", yes(SNAPSHOT));
    await sync(edge, new Map(), ["practice", "other"]);
    await sync(edge, new Map(), ["practice"]);
    expect(asked).toBe(1);
  });
});

test("only the platforms asked for are fetched", async () => {
  const edge = await world();
  await sync(edge, new Map(), []);
  expect(edge.server.asked).toEqual([]);
});
