import { describe, expect, test } from "vitest";
import { strictly } from "../../../../extension/src/platform/database";
import type { LedgerRecord } from "../../../../extension/src/core/ledger/record";
import { timeOrderedId } from "../../../../extension/src/core/outbox/id";
import { observationOf } from "../../../../extension/src/core/outbox/observation";
import { addSpent, enqueueDays } from "../../../../extension/src/core/outbox/overheads";
import { NOON, record, task, world } from "../../world";

/** The golden files, which the Python tests read too; after a wanted change: `npx vitest run observation -u`. */
const WIRE = "../../../fixtures/wire";
const written = (items: unknown): string => `${JSON.stringify(items, null, 2)}\n`;

const ID = (last: string): string =>
  timeOrderedId(NOON, Uint8Array.of(12, 65, 29, 14, 91, 122, 17, 240, 194, Number(last)));

/** Every kind of attempt, as the device keeps it; the golden file is what goes on the wire. */
const KEPT: LedgerRecord[] = [
  record({ id: ID("01") }),
  record({
    id: ID("02"),
    outcome: "returned",
    task: task({ reward: null, client: null, limit_seconds: null }),
  }),
  record({
    id: ID("03"),
    revision: 3,
    outcome: "paid",
    paid: { micros: 400_000, currency: "USD" },
    decided_on: "2026-11-24",
  }),
  record({ id: ID("04"), outcome: "abandoned", end_imputed: true, active_seconds: 0.2, ended_at: NOON }),
  record({
    id: ID("05"),
    outcome: "rejected",
    task: task({
      reward: { micros: 9_000_000, currency: "EUR" },
      reward_per: "hour",
      units: 1,
      estimate_seconds: null,
    }),
  }),
  record({
    id: ID("06"),
    task: task({
      client: { id: null, name: "Université de Genève" },
      task: { id: null, title: "  標籤 12 張照片 " },
    }),
  }),
  record({ id: ID("07"), outcome: "screened_out", task: task({ reward_per: "thousand", units: 250 }) }),
  record({ id: ID("08"), outcome: "expired" }),
  record({ id: ID("09"), outcome: "approved", revision: 2, decided_on: "2026-11-23" }),
];

test("every kind of attempt goes on the wire as the golden file says", async () => {
  await expect(written(KEPT.map(observationOf))).toMatchFileSnapshot(`${WIRE}/observations.json`);
});

test("a day's unpaid time goes on the wire as the golden file says", async () => {
  const edge = await world();
  await strictly(edge.database, async (writing) => {
    for (const overhead of ["search", "payment"] as const) {
      await addSpent(
        writing,
        { platform: "practice", overhead, seconds: 61.6 },
        "2026-11-22",
        true,
        Uint8Array.from({ length: 10 }, () => 9),
      );
    }
    await enqueueDays(writing, "2026-11-23");
  });
  const told = (await edge.database.getAll("outbox")).map(({ item }) => item);
  await expect(written(told)).toMatchFileSnapshot(`${WIRE}/overheads.json`);
});

describe("nothing of a record leaves", () => {
  test("when it is not shared or has no name", () => {
    expect(observationOf(record({ is_shared: false }))).toBeNull();
    expect(observationOf(record({ task: task({ task: { id: "t", title: "  " } }) }))).toBeNull();
  });

  test("that tells an exact time or the platform's id of the attempt", () => {
    const words = JSON.stringify(
      observationOf(record({ attempt: "ATTEMPT-77", claimed_at: NOON + 431_111 })),
    );
    expect(words).not.toContain("ATTEMPT-77");
    expect(words).not.toMatch(/T\d\d:(?!00:00Z)/);
  });
});

describe("what is out of bounds is brought within", () => {
  test("a task is never open for less than it was worked on", () => {
    const made = observationOf(record({ ended_at: NOON + 100_000, active_seconds: 130.2 }));
    expect([made?.active_seconds, made?.open_seconds]).toEqual([130, 130]);
  });

  test("a title is cut, an id too long to be one is left out", () => {
    const made = observationOf(
      record({ task: task({ task: { id: "x".repeat(81), title: "y".repeat(400) } }) }),
    );
    expect([made?.task.id, made?.task.title.length]).toEqual([null, 300]);
  });

  test("years of open time are a clock gone wrong", () => {
    const made = observationOf(record({ ended_at: NOON + 4e12, active_seconds: 1e9 }));
    expect([made?.active_seconds, made?.open_seconds]).toEqual([50_400, 5_184_000]);
  });
});

describe("what a platform tells of time and pay", () => {
  const told = (kept: Partial<LedgerRecord>) => observationOf(record({ is_shared: true, ...kept }));
  const pound = { micros: 100_000, currency: "GBP" };

  test("goes on the wire: a cap, the time paid for, and training", () => {
    const kept = { task: { ...task(), cap_seconds: 3600, pay_kind: "training" as const }, paid_seconds: 1800 };
    expect(told(kept)).toMatchObject({ cap_seconds: 3600, paid_seconds: 1800, pay_kind: "training" });
  });

  test("a fee for screened-out work is told as one, and a bonus for rejected work as nothing else", () => {
    expect(told({ outcome: "screened_out", paid: pound })).toMatchObject({ pay_kind: "screen_out" });
    expect(told({ outcome: "rejected", paid: pound })).toMatchObject({ pay_kind: "bonus_only" });
  });

  test("is left out where it is not told", () => {
    const plain = told({ outcome: "paid", paid: pound });
    for (const name of ["cap_seconds", "paid_seconds", "pay_kind"]) expect(plain).not.toHaveProperty(name);
  });
});
