import { describe, expect, test } from "vitest";
import { putRecord } from "../../../../extension/src/core/ledger/keep";
import { recordsSince } from "../../../../extension/src/core/ledger/store";
import { settle } from "../../../../extension/src/core/tap/settle";
import { keep } from "../../../../extension/src/core/timer/apply_timer_event";
import { keepOutcomes } from "../../../../extension/src/core/timer/outcomes";
import type { LaterOutcome } from "../../../../extension/src/model/readings";
import { strictly } from "../../../../extension/src/platform/database";
import { attempt, NOON, record, task, type World, world } from "../../world";

const usd = (dollars: number) => ({ micros: Math.round(dollars * 1_000_000), currency: "USD" });
const DAY_MS = 86_400_000;
const ids = ["1", "2", "3"].map((digit) => `0193588e-0000-7000-8000-00000000000${digit}`);

async function withRecords(...changes: Parameters<typeof record>[0][]): Promise<World> {
  const edge = await world();
  await strictly(edge.database, async (writing) => {
    for (const [index, one] of changes.entries()) {
      await putRecord(writing, record({ id: ids[index] ?? "", attempt: `a-${index + 1}`, ...one }));
    }
  });
  return edge;
}

const outcomes = async (edge: World) =>
  (await recordsSince(edge.database, 0)).map(({ outcome, paid }) => [outcome, paid?.micros ?? null]);

describe("a status page without the attempts' ids", () => {
  const said: LaterOutcome = {
    attempt: null,
    title: "describe  a PHOTO",
    day: "2026-11-23",
    outcome: "paid",
    paid: usd(1),
  };

  test("is joined by title and day", async () => {
    const edge = await withRecords({}, { task: task({ task: { id: null, title: "Another thing" } }) });
    expect(await keepOutcomes(edge, "practice", [said])).toBe(1);
    expect(await keepOutcomes(edge, "practice", [said])).toBe(0);
    expect(await outcomes(edge)).toEqual([
      ["paid", 1_000_000],
      ["submitted", null],
    ]);
  });

  test("may keep the day of another zone", async () => {
    const edge = await withRecords({ ended_at: NOON + DAY_MS }, { ended_at: NOON + 5 * DAY_MS });
    expect(await keepOutcomes(edge, "practice", [said])).toBe(1);
    expect(await outcomes(edge)).toEqual([
      ["paid", 1_000_000],
      ["submitted", null],
    ]);
  });

  test("tells nothing where two would fit, none, or another platform's", async () => {
    expect(await keepOutcomes(await withRecords({}, {}), "practice", [said])).toBe(0);
    expect(await keepOutcomes(await withRecords({ ended_at: NOON + 9 * DAY_MS }), "practice", [said])).toBe(
      0,
    );
    expect(await keepOutcomes(await withRecords({}), "prolific", [said])).toBe(0);
    expect(await keepOutcomes(await withRecords({}), "practice", [{ ...said, day: "soon" }])).toBe(0);
  });
});

test("paging through a long history changes each record once, and makes none of what was never seen", async () => {
  const edge = await withRecords({}, {}, {});
  const line = (number: number): LaterOutcome => ({ attempt: `a-${number}`, outcome: "paid", paid: usd(1) });
  const pages = [
    [line(1), line(2)],
    [line(3), line(90)],
    [line(91)],
    [line(1), line(2)],
    [line(3), line(90)],
  ];
  const changed = [];
  for (const page of pages) changed.push(await keepOutcomes(edge, "practice", page));
  expect(changed).toEqual([2, 1, 0, 0, 0]);
  expect(await outcomes(edge)).toEqual([
    ["paid", 1_000_000],
    ["paid", 1_000_000],
    ["paid", 1_000_000],
  ]);
  expect(await edge.database.count("outbox")).toBe(3);
});

test("a bonus, and pay taken back, go out as later revisions", async () => {
  const edge = await withRecords({});
  const said = (more: Partial<LaterOutcome>): LaterOutcome[] => [
    { attempt: "a-1", outcome: "paid", paid: usd(1), ...more },
  ];
  await keepOutcomes(edge, "practice", said({}));
  await keepOutcomes(edge, "practice", said({ bonus: usd(0.5) }));
  expect(await edge.database.getAll("outbox")).toMatchObject([
    { revision: 3, item: { outcome: "paid", paid: usd(1.5) } },
  ]);
  await keepOutcomes(edge, "practice", said({ outcome: "rejected", paid: null }));
  expect(await edge.database.getAll("outbox")).toMatchObject([
    { revision: 4, item: { outcome: "rejected", paid: null } },
  ]);
});

describe("what only the site's network says", () => {
  const heard = (more: Partial<LaterOutcome> = {}): LaterOutcome[] => [
    { attempt: "a-1", outcome: "approved", paid: usd(900), is_unseen: true, ...more },
  ];

  test.each([
    ["approved", heard()],
    ["paid", heard({ outcome: "paid" })],
    ["a bonus", heard({ outcome: "returned", paid: null, bonus: usd(5) })],
    ["sent away with pay", heard({ outcome: "screened_out" })],
  ])("is not made %s, but asked about", async (_, said) => {
    const edge = await withRecords({});
    expect(await keepOutcomes(edge, "practice", said)).toBe(0);
    expect(await outcomes(edge)).toEqual([["submitted", null]]);
    expect(await edge.database.count("outbox")).toBe(0);
    expect(Object.keys(await edge.settings.proposals.get())).toEqual([ids[0]]);
  });

  test("cannot undo what a page showed", async () => {
    const edge = await withRecords({ outcome: "paid", paid: usd(1) });
    expect(await keepOutcomes(edge, "practice", heard({ outcome: "rejected", paid: null }))).toBe(0);
    expect(await outcomes(edge)).toEqual([["paid", 1_000_000]]);
  });

  test("makes nothing of an attempt that was never seen", async () => {
    const edge = await world();
    await keepOutcomes(edge, "practice", heard());
    expect(await edge.settings.proposals.get()).toEqual({});
  });

  test("ends what is still being timed, as work that was handed in and no more", async () => {
    const edge = await world();
    await keep(edge, { kind: "claimed", at: NOON, claim: attempt() });
    await keepOutcomes(edge, "practice", heard());
    expect(await outcomes(edge)).toEqual([["submitted", null]]);
  });

  test("counts where it pays nothing and nothing was decided", async () => {
    const edge = await withRecords({});
    expect(await keepOutcomes(edge, "practice", heard({ outcome: "rejected", paid: null }))).toBe(1);
  });

  test("is no question any more once a page shows it", async () => {
    const edge = await withRecords({});
    await keepOutcomes(edge, "practice", heard());
    await keepOutcomes(edge, "practice", [{ attempt: "a-1", outcome: "approved", paid: usd(1) }]);
    expect(await edge.settings.proposals.get()).toEqual({});
    expect(await outcomes(edge)).toEqual([["approved", 1_000_000]]);
  });

  test("counts when the worker says so, and goes out as their correction", async () => {
    const edge = await withRecords({});
    await keepOutcomes(edge, "practice", heard({ paid: usd(1) }));
    await settle(edge, { kind: "settle", ids: [ids[0] ?? ""], is_so: true });
    expect(await outcomes(edge)).toEqual([["approved", 1_000_000]]);
    expect(await edge.settings.proposals.get()).toEqual({});
    expect(await edge.database.getAll("outbox")).toMatchObject([
      { revision: 2, item: { outcome: "approved" } },
    ]);
  });

  test("is not asked again once the worker said no, unless it is something else", async () => {
    const edge = await withRecords({});
    const open = async () =>
      Object.values(await edge.settings.proposals.get()).filter(({ is_declined }) => !is_declined).length;
    await keepOutcomes(edge, "practice", heard());
    await settle(edge, { kind: "settle", ids: [ids[0] ?? ""], is_so: false });
    expect([await open(), await outcomes(edge)]).toEqual([0, [["submitted", null]]]);
    await keepOutcomes(edge, "practice", heard());
    expect(await open()).toBe(0);
    await keepOutcomes(edge, "practice", heard({ paid: usd(2) }));
    expect(await open()).toBe(1);
  });
});
