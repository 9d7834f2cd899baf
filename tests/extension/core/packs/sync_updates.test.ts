import { expect, test } from "vitest";
import { switchedOff, syncUpdates, updated } from "../../../../extension/src/core/packs/sync_updates";
import { bundled } from "../../../../extension/src/core/packs/packs";
import { no, Signer, type World, world, yes } from "../../world";
import { update } from "./update";

const ROWS = "pages.listing.listing.rows";

async function rows(edge: World): Promise<string | null | undefined> {
  const practice = (await updated(edge, bundled)).find(({ slug }) => slug === "practice");
  return practice?.pages.find(({ name }) => name === "listing")?.listing?.rows;
}

/** A device that took one good update, and then met `document`. */
async function met(document: unknown): Promise<World> {
  const edge = await world();
  edge.server.updates = { serial: 5, updates: [update({ values: { [ROWS]: "li.good" } })] };
  await syncUpdates(edge, bundled);
  expect(await rows(edge)).toBe("li.good");
  edge.server.updates = document;
  await syncUpdates(edge, bundled);
  return edge;
}

const whole = (reason: string) => [expect.objectContaining({ reason, slug: null })];

test("an update is taken, laid over the pack, and asked for by its name from then on", async () => {
  const edge = await met({ serial: 6, updates: [update({ version: 3, values: { [ROWS]: "li.new" } })] });
  expect(await rows(edge)).toBe("li.new");
  expect(edge.server.updatesAsked).toEqual([null, "u-1"]);
  expect((await edge.settings.pack_updates.get()).refusals).toEqual([]);
});

test("one that somebody changed on the way is refused, and the last good one stays", async () => {
  const edge = await world();
  const good = await edge.server.signer.signed({ serial: 6, updates: [] });
  const forged = await met({ ...good, text: good.text.replace("6", "7") });
  expect(await rows(forged)).toBe("li.good");
  expect((await forged.settings.pack_updates.get()).refusals).toEqual(whole("unsigned"));
});

test("one that somebody else signed is refused", async () => {
  const other = await (await Signer.make()).signed({ serial: 9, updates: [] });
  const edge = await met(other);
  expect(await rows(edge)).toBe("li.good");
  expect((await edge.settings.pack_updates.get()).refusals).toEqual(whole("unsigned"));
});

test("an older one is refused, though our server signed it once", async () => {
  const edge = await met({ serial: 4, updates: [] });
  expect(await rows(edge)).toBe("li.good");
  expect((await edge.settings.pack_updates.get()).refusals).toEqual(whole("older"));
});

test("one that is too large is refused before it is read", async () => {
  const edge = await met(null);
  edge.server.packUpdates = async () => no(413);
  await syncUpdates(edge, bundled);
  expect(await rows(edge)).toBe("li.good");
  expect((await edge.settings.pack_updates.get()).refusals).toEqual(whole("too_large"));
});

test("one that is no list of updates is refused", async () => {
  const edge = await met({ serial: 6, updates: "all" });
  expect(await rows(edge)).toBe("li.good");
  expect((await edge.settings.pack_updates.get()).refusals).toEqual(whole("malformed"));
});

test.each([
  ["a foreign host", { hosts: ["https://bank.example/*"] }, "fixed"],
  ["an unknown reader", { "pages.listing.listing.task.title.parse": "eval" }, "unknown_parser"],
  ["a wrong type", { [ROWS]: 5 }, "wrong_type"],
])(
  "%s is refused with its path, the last good one of that pack stays, and others are taken",
  async (_, values, reason) => {
    const other = bundled.find(({ slug }) => slug !== "practice");
    const fine = update({ slug: other?.slug ?? "", base: other?.version ?? 0, version: 99 });
    const edge = await met({ serial: 6, updates: [update({ version: 3, values: values as never }), fine] });
    expect(await rows(edge)).toBe("li.good");
    const { refusals, updates, serial } = await edge.settings.pack_updates.get();
    expect(refusals).toMatchObject([{ reason, slug: "practice", path: Object.keys(values)[0] }]);
    expect(updates.map(({ slug }) => slug)).toEqual([fine.slug, "practice"]);
    expect(serial).toBe(6);
  },
);

test("an update that cannot even be named spoils no other", async () => {
  const edge = await met({ serial: 6, updates: [7, update({ version: 3, values: { [ROWS]: "li.new" } })] });
  expect(await rows(edge)).toBe("li.new");
  expect((await edge.settings.pack_updates.get()).refusals).toMatchObject([
    { reason: "malformed", slug: null },
  ]);
});

test("what the server takes back is gone", async () => {
  const edge = await met({ serial: 6, updates: [] });
  expect(await rows(edge)).not.toBe("li.good");
});

test("without a line, or without an answer of ours, nothing changes", async () => {
  const edge = await met(null);
  edge.server.packUpdates = async () => ({ kind: "unreachable" });
  await syncUpdates(edge, bundled);
  expect(await rows(edge)).toBe("li.good");
  expect((await edge.settings.pack_updates.get()).refusals).toEqual([]);
});

test("the worker may go back to what was built in, for one site or for all", async () => {
  const edge = await met(null);
  await edge.settings.pack_updates.set({
    ...(await edge.settings.pack_updates.get()),
    declined: ["practice"],
  });
  const builtIn = await rows(edge);
  expect(builtIn).not.toBe("li.good");
  edge.server.updates = { serial: 7, updates: [update({ version: 3, values: { [ROWS]: "li.new" } })] };
  await syncUpdates(edge, bundled);
  expect(await rows(edge)).toBe(builtIn);
  await edge.settings.pack_updates.set({ ...(await edge.settings.pack_updates.get()), declined: [] });
  expect(await rows(edge)).toBe("li.new");
  await edge.settings.takes_updates.set(false);
  expect(await rows(edge)).toBe(builtIn);
});

test("who takes no updates does not ask for any", async () => {
  const edge = await world();
  await edge.settings.takes_updates.set(false);
  await syncUpdates(edge, bundled);
  expect(edge.server.updatesAsked).toEqual([]);
});

test("an update for another version of the pack than this build has is passed over", async () => {
  const edge = await world();
  edge.server.updates = {
    serial: 5,
    updates: [update({ base: 40, version: 41, values: { [ROWS]: "li.x" } })],
  };
  await syncUpdates(edge, bundled);
  expect(await rows(edge)).not.toBe("li.x");
  expect((await edge.settings.pack_updates.get()).refusals).toEqual([]); // nothing is wrong with it
});

test("a site that is switched off is named", async () => {
  const edge = await met({ serial: 6, updates: [update({ version: 3, is_off: true })] });
  expect((await switchedOff(edge, bundled)).map(({ slug }) => slug)).toEqual(["practice"]);
});

test("a demo that was made anew counts from its own beginning", async () => {
  const edge = await met(null);
  edge.server.signer = await Signer.make();
  await edge.settings.key.set({ public_key: edge.server.signer.public_key, nature: "demo" });
  edge.server.updates = { serial: 1, updates: [update({ values: { [ROWS]: "li.demo" } })] };
  await syncUpdates(edge, bundled);
  expect(await rows(edge)).toBe("li.demo");
});

test("an unchanged answer is no news", async () => {
  const edge = await met(null);
  edge.server.packUpdates = async () => yes(await edge.server.signer.signed({ serial: 5, updates: [] }));
  await syncUpdates(edge, bundled);
  expect(await rows(edge)).toBe("li.good");
});

test("a refusal of the whole is over once the server confirms what is here", async () => {
  const edge = await met({ serial: 4, updates: [] });
  edge.server.packUpdates = async () => ({ kind: "unchanged" });
  await syncUpdates(edge, bundled);
  expect((await edge.settings.pack_updates.get()).refusals).toEqual([]);
  expect(await rows(edge)).toBe("li.good");
});
