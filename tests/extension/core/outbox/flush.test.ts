import { describe, expect, test } from "vitest";
import { strictly } from "../../../../extension/src/platform/database";
import { MAX_BATCH_ITEMS } from "../../../../extension/src/generated/contract";
import { empty } from "../../../../extension/src/core/outbox/controls";
import { flush } from "../../../../extension/src/core/outbox/flush";
import { timeOrderedId } from "../../../../extension/src/core/outbox/id";
import { enqueue } from "../../../../extension/src/core/outbox/outbox";
import { addSpent } from "../../../../extension/src/core/outbox/overheads";
import { freshName, NOON, no, record, type World, world } from "../../world";

const idOf = (index: number): string =>
  timeOrderedId(
    NOON,
    Uint8Array.from({ length: 10 }, (_, place) => index * 7 + place),
  );

/** Puts `count` observations into the outbox and the ledger; returns their ids. */
async function fill(edge: World, count: number, title = "Describe a photo"): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) =>
    timeOrderedId(NOON, Uint8Array.of(0, index >> 8, 1, index & 255, 1, 1, 1, 1, 1, 1)),
  );
  await strictly(edge.database, async (writing) => {
    for (const id of ids) {
      const one = record({ id, task: { ...record().task, task: { id: null, title } } });
      await writing.objectStore("records").put(one);
      await enqueue(writing, one);
    }
  });
  return ids;
}

const waiting = (edge: World): Promise<number> => edge.database.count("outbox");

describe("what the server has", () => {
  test("is let go of, whatever the receipt says", async () => {
    const edge = await world();
    const [first, second, third] = await fill(edge, 3);
    edge.server.rows.set(second as string, 1);
    edge.server.refused.add(third as string);
    expect(await flush(edge)).toBeNull();
    expect(await waiting(edge)).toBe(0);
    expect(edge.server.rows.get(first as string)).toBe(1);
    expect((await edge.database.get("records", third as string))?.refusal).toEqual({
      reason: "too_old",
      detail: "long ago",
    });
    expect((await edge.database.get("records", first as string))?.refusal).toBeNull();
  });

  test("was sent with one enrolment", async () => {
    const edge = await world();
    await fill(edge, 1);
    await flush(edge);
    await fill(edge, 2);
    await flush(edge);
    expect(edge.server.enrolments).toBe(1);
  });

  test("fits its requests in number and in bytes", async () => {
    const edge = await world();
    await fill(edge, MAX_BATCH_ITEMS + 50);
    await flush(edge);
    expect(edge.server.batches.map((batch) => batch.observations.length)).toEqual([MAX_BATCH_ITEMS, 50]);
    expect(edge.server.rows.size).toBe(MAX_BATCH_ITEMS + 50);
  });
});

describe("nothing is sent", () => {
  test("and nobody enrols while the worker does not share", async () => {
    const edge = await world();
    await fill(edge, 1);
    await edge.settings.consent.set({ ledger: true, sharing: false });
    expect(await flush(edge)).toBeNull();
    expect([edge.server.batches.length, edge.server.enrolments]).toEqual([0, 0]);
  });

  test("and nobody enrols when there is nothing to send", async () => {
    const edge = await world();
    await flush(edge);
    expect(edge.server.enrolments).toBe(0);
  });

  test("of what waited when the worker stopped sharing", async () => {
    const edge = await world();
    await fill(edge, 3);
    await empty(edge.database);
    await flush(edge);
    expect(edge.server.batches).toEqual([]);
    expect(await edge.database.count("records")).toBe(3);
  });
});

describe("trouble on the way", () => {
  test.each([
    ["no line", { kind: "unreachable" } as const, "unreachable"],
    ["a server that sheds load", no(503), "busy"],
    ["too many requests", no(429, 7), "busy"],
    ["a secret nobody knows", no(401), "unknown_secret"],
  ])("%s: everything is kept, and sent when it is over", async (_name, trouble, problem) => {
    const edge = await world();
    await fill(edge, 3);
    edge.server.trouble = [trouble];
    const again = await flush(edge);
    expect(await waiting(edge)).toBe(3);
    expect((await edge.settings.pause.get())?.problem).toBe(problem);
    expect(again).toBeGreaterThan(edge.now());
    expect(await flush(edge)).toBe(again);
    expect(edge.server.batches).toEqual([]);
    edge.pass(((again as number) - edge.now()) / 1000 + 1);
    expect(await flush(edge)).toBeNull();
    expect([await waiting(edge), edge.server.rows.size]).toEqual([0, 3]);
    expect(await edge.settings.pause.get()).toBeNull();
  });

  test("a proxy that answers 400 loses nothing, not even a single item", async () => {
    const edge = await world();
    await fill(edge, 1);
    for (let time = 0; time < 8; time++) {
      edge.server.trouble = [{ kind: "no", status: 400, retry_after_seconds: null, is_ours: false }];
      await flush(edge);
      edge.pass(7200);
    }
    expect(await waiting(edge)).toBe(1);
    await flush(edge);
    expect([await waiting(edge), edge.server.rows.size]).toEqual([0, 1]);
  });

  test("an answer that is lost doubles nothing", async () => {
    const edge = await world();
    await fill(edge, 3);
    edge.server.trouble = ["lost"];
    await flush(edge);
    expect([await waiting(edge), edge.server.rows.size]).toEqual([3, 3]);
    edge.pass(3600);
    await flush(edge);
    expect([await waiting(edge), edge.server.rows.size]).toEqual([0, 3]);
  });

  test("a kill in the middle loses nothing and doubles nothing", async () => {
    const name = freshName();
    const before = await world(name);
    await fill(before, 4);
    before.server.trouble = ["lost"];
    await flush(before);
    before.database.close();
    const after = await world(name);
    for (const [id, revision] of before.server.rows) after.server.rows.set(id, revision);
    expect(await waiting(after)).toBe(4);
    await flush(after);
    expect([await waiting(after), after.server.rows.size]).toEqual([0, 4]);
  });

  test("an answer that is no receipt lets go of nothing", async () => {
    const edge = await world();
    await fill(edge, 2);
    edge.server.trouble = [
      { kind: "yes", value: { receipts: [] } as never, etag: null },
      { kind: "yes", value: null as never, etag: null },
    ];
    await flush(edge);
    edge.pass(3600);
    await flush(edge);
    expect(await waiting(edge)).toBe(2);
  });

  test("a request found too large is sent in smaller ones, until what cannot be sent stands alone", async () => {
    const edge = await world();
    const ids = await fill(edge, 5);
    for (let round = 0; round < 30 && (await waiting(edge)) > 0; round++) {
      const next = await edge.database.getAll(
        "outbox",
        null,
        (await edge.settings.pause.get())?.items ?? MAX_BATCH_ITEMS,
      );
      edge.server.trouble = next.some(({ id }) => id === ids[0]) ? [no(413)] : [];
      await flush(edge);
      edge.pass(7200);
    }
    expect(await waiting(edge)).toBe(0);
    expect(edge.server.rows.size).toBe(4);
    expect((await edge.database.get("records", ids[0] as string))?.refusal?.reason).toBe("malformed");
  });

  test("an enrolment that is refused says nothing about the items", async () => {
    const edge = await world();
    await fill(edge, 1);
    edge.server.enrol = async () => no(400);
    await flush(edge);
    edge.pass(3600);
    await flush(edge);
    expect(await waiting(edge)).toBe(1);
  });
});

test("a newer revision that came meanwhile still waits after the receipt of the older", async () => {
  const edge = await world();
  const [id] = await fill(edge, 1);
  const send = edge.server.send.bind(edge.server);
  let sends = 0;
  edge.server.send = async (batch) => {
    sends += 1;
    if (sends === 1) {
      const newer = record({ id: id as string, revision: 2, outcome: "paid" });
      await strictly(edge.database, (writing) => enqueue(writing, newer));
    }
    return send(batch);
  };
  await flush(edge);
  expect(edge.server.batches.map((batch) => batch.observations[0]?.revision)).toEqual([1, 2]);
  expect(edge.server.rows.get(id as string)).toBe(2);
});

test("a day's unpaid time is told once, when the day is over", async () => {
  const edge = await world();
  const spent = { platform: "practice", overhead: "search", seconds: 90.4 } as const;
  await strictly(edge.database, (writing) =>
    addSpent(writing, spent, "2026-11-23", true, new Uint8Array(10)),
  );
  await flush(edge);
  expect(edge.server.batches).toEqual([]);
  edge.pass(86_400);
  await flush(edge);
  await flush(edge);
  expect(edge.server.batches).toMatchObject([
    { observations: [], overheads: [{ day: "2026-11-23", seconds: { search: 90 } }] },
  ]);
});

test("ids of one hour differ", () => {
  expect(new Set([0, 1, 2, 3].map(idOf)).size).toBe(4);
});
