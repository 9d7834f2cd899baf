import { expect, test } from "vitest";
import { strictly } from "../../../../extension/src/platform/database";
import { amountsOf } from "../../../../extension/src/core/ledger/amounts";
import { readBook } from "../../../../extension/src/core/ledger/book";
import { correct, putRecord, remove, wipe } from "../../../../extension/src/core/ledger/keep";
import type { LedgerRecord } from "../../../../extension/src/core/ledger/record";
import { monthOf, type Sum } from "../../../../extension/src/core/ledger/sums";
import { totals } from "../../../../extension/src/core/ledger/totals";
import { NOON, record, task, type World, world } from "../../world";
import { terms, usd } from "./terms";

const DAY_MS = 86_400_000;
const put = (edge: World, ...records: LedgerRecord[]) =>
  strictly(edge.database, async (writing) => {
    for (const one of records) await putRecord(writing, one);
  });

/** The sums as they must be, made anew from the records that stand. */
async function sumsAnew(edge: World): Promise<Record<string, Record<string, number>>> {
  const sums: Record<string, Record<string, number>> = {};
  for (const one of await edge.database.getAll("records")) {
    for (const stretch of [one.day, monthOf(one.day)]) {
      const key = [one.platform, one.client_key, stretch].join("|");
      const sum = sums[key] ?? {};
      for (const [name, amount] of Object.entries(amountsOf(one)))
        sum[name] = (sum[name] ?? 0) + Number(amount);
      sums[key] = sum;
    }
  }
  return sums;
}

const byKey = (sums: Sum[]) =>
  Object.fromEntries(sums.map((sum) => [[sum.platform, sum.client_key, sum.stretch].join("|"), sum.amounts]));

test("sums follow a thousand changes without a trace of what went", async () => {
  const edge = await world();
  let seed = 7;
  const draw = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const outcomes = ["submitted", "approved", "paid", "rejected", "returned"] as const;
  for (let step = 0; step < 1000; step++) {
    const id = `r-${draw(60)}`;
    if (draw(5) === 0) {
      await remove(edge, id);
      continue;
    }
    const client = { id: `c-${draw(4)}`, name: null };
    const day = new Date(NOON - draw(90) * DAY_MS).toISOString().slice(0, 10);
    const outcome = outcomes[draw(5)] ?? "paid";
    const paid = draw(2) === 0 ? null : { micros: draw(9_999_999), currency: "EUR" };
    const active_seconds = draw(90_000) / 7;
    await put(edge, record({ id, outcome, day, paid, active_seconds, task: task({ client }) }));
  }
  expect(byKey(await edge.database.getAll("sums"))).toEqual(await sumsAnew(edge));
  for (const id of await edge.database.getAllKeys("records")) await remove(edge, id);
  expect(await edge.database.count("sums")).toBe(0);
}, 60_000); // on a busy machine

test("a record that the worker did not want kept counts for nothing", async () => {
  const edge = await world();
  await put(edge, record({ is_own: false }));
  expect(await edge.database.count("sums")).toBe(0);
  expect((await readBook(edge.database, NOON)).sums).toEqual([]);
});

test("the book holds every record once, old months as sums and the last weeks by day", async () => {
  const edge = await world();
  const days = Array.from({ length: 400 }, (_, days) => NOON - days * DAY_MS);
  await put(
    edge,
    ...days.map((ended_at) => {
      const day = new Date(ended_at).toISOString().slice(0, 10);
      return record({ id: day, ended_at, day, outcome: "paid", active_seconds: 60, paid: usd(1) });
    }),
  );
  const { sums } = await readBook(edge.database, NOON);
  expect(totals(sums, 0, terms())).toMatchObject({ tasks: 400, earned: 400_000_000, active_seconds: 24_000 });
  expect(sums.filter(({ grain }) => grain === "month").length).toBe(12);
  expect(sums.filter(({ grain }) => grain === "day").length).toBe(23 + 31);
});

test("a correction is a later revision: it counts, is sent, and the measured time stays beside it", async () => {
  const edge = await world();
  await put(edge, record({ ended_at: NOON + 900_000 }));
  await correct(edge, record().id, { seconds: 600 });
  expect(await edge.database.getAll("records")).toMatchObject([
    { revision: 2, active_seconds: 240.4, corrected_seconds: 600 },
  ]);
  expect(await edge.database.getAll("outbox")).toMatchObject([
    { revision: 2, item: { active_seconds: 600, timer: "manual" } },
  ]);
  expect((await edge.database.getAll("sums"))[0]?.amounts.worked_ms).toBe(600_000);
});

test("a correction of what is not shared stays on the device", async () => {
  const edge = await world();
  await put(edge, record({ is_shared: false }));
  await correct(edge, record().id, { seconds: 100 });
  expect(await edge.database.count("outbox")).toBe(0);
});

test("a record that was let go is no longer sent", async () => {
  const edge = await world();
  await put(edge, record());
  await correct(edge, record().id, { seconds: 100 });
  await remove(edge, record().id);
  expect([await edge.database.count("records"), await edge.database.count("outbox")]).toEqual([0, 0]);
  expect(await correct(edge, record().id, { seconds: 50 })).toBeNull();
});

test("delete everything leaves nothing of the ledger", async () => {
  const edge = await world();
  await put(edge, record());
  await edge.database.put("accounts", { platform: "practice", closed_on: "2026-11-20", balance: usd(150) });
  await wipe(edge);
  for (const store of ["records", "sums", "overheads", "accounts", "sessions", "outbox"] as const) {
    expect(await edge.database.count(store)).toBe(0);
  }
});
