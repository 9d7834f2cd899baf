import { describe, expect, test } from "vitest";
import { figures as figuresOf, openTasks } from "../../../../extension/src/core/ledger/figures";
import { promised, type UsdPer } from "../../../../extension/src/core/ledger/pay";
import type { LedgerRecord } from "../../../../extension/src/core/ledger/record";
import { sumsOf } from "../../../../extension/src/core/ledger/sums";
import { attempt, NOON, record, task } from "../../world";

const usd = (micros: number) => ({ micros, currency: "USD" });
const figures = (records: LedgerRecord[], overhead_seconds: number, usdPer: UsdPer) =>
  figuresOf(sumsOf(records, "day"), overhead_seconds, {
    exchange: { currency: "USD", usdPer },
    today: "2026-11-23",
    share: () => 1,
    closed_on: () => null,
  });
const hour = (changes: Parameters<typeof record>[0]) =>
  record({ active_seconds: 3600, task: task({ reward: usd(6_000_000) }), ...changes });

describe("an hour of work", () => {
  test("counts every outcome in the effective rate, submitted ones in the task rate", () => {
    const made = figures(
      [hour({ outcome: "paid" }), hour({ outcome: "rejected" }), hour({ outcome: "returned" })],
      0,
      {},
    );
    expect(made).toMatchObject({
      effective_per_hour: 2,
      task_per_hour: 6,
      tasks: 3,
      submitted: 2,
      unsubmitted: 1,
    });
  });

  test("counts what was really paid, when that is known", () => {
    const made = figures([hour({ outcome: "paid", paid: usd(300_000) })], 0, {});
    expect([made.earned_micros, made.effective_per_hour]).toEqual([300_000, 0.3]);
  });

  test("counts pending work at what it promises, and says so", () => {
    const made = figures([hour({ outcome: "submitted" }), hour({ outcome: "approved" })], 600, {});
    expect(made).toMatchObject({
      earned_micros: 6_000_000,
      pending_micros: 6_000_000,
      pending: 1,
      overhead_seconds: 600,
    });
  });

  test("all refused pays nothing an hour, and is no error", () => {
    expect(figures([hour({ outcome: "rejected" })], 0, {}).effective_per_hour).toBe(0);
  });

  test("that was not worked has no rate", () => {
    expect(figures([], 0, {}).effective_per_hour).toBeNull();
  });

  test("in another currency is converted, or left out where no rate is known", () => {
    const euros = hour({ outcome: "paid", task: task({ reward: { micros: 6_000_000, currency: "EUR" } }) });
    expect(figures([euros], 0, { EUR: 1.1 }).effective_per_hour).toBeCloseTo(6.6);
    expect(figures([euros, hour({ outcome: "paid" })], 0, {})).toMatchObject({
      effective_per_hour: 6,
      unpriced: 1,
    });
  });
});

test.each([
  ["task", 250, 350_000],
  ["unit", 3, 1_050_000],
  ["thousand", 500, 175_000],
  ["hour", 1, 175_000],
] as const)("a reward per %s becomes pay", (reward_per, units, micros) => {
  expect(promised(task({ reward_per, units }), 1800)).toEqual(usd(micros));
});

test("a running task tells its rate once there is something to say", () => {
  const session = {
    at: NOON,
    focus: {
      source: 1,
      subject: { kind: "task", platform: "practice", attempt: "a-1" } as const,
      beat_at: NOON,
    },
    fronts: [],
  };
  const open = (active_seconds: number) =>
    openTasks({ ...session, attempts: [attempt({ active_seconds })] }, {}, "USD");
  expect(open(5)).toMatchObject([{ is_in_front: true, per_hour: null }]);
  expect(open(126)[0]?.per_hour?.amount).toBeCloseTo(10);
});

test("a running task that no rate of the day can convert is shown in the currency it pays in", () => {
  const pounds = task({ reward: { micros: 9_000_000, currency: "GBP" }, reward_per: "hour" });
  const session = { at: NOON, focus: null, fronts: [], attempts: [attempt({ active_seconds: 600, task: pounds })] };
  expect(openTasks(session, {}, "USD")[0]?.per_hour).toEqual({ amount: 9, currency: "GBP" });
  expect(openTasks(session, { GBP: 1.25 }, "USD")[0]?.per_hour).toEqual({ amount: 11.25, currency: "USD" });
});
