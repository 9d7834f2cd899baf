import { describe, expect, test } from "vitest";
import type { LedgerRecord } from "../../../../extension/src/core/ledger/record";
import { sumsOf } from "../../../../extension/src/core/ledger/sums";
import { type Terms, totals } from "../../../../extension/src/core/ledger/totals";
import { NOON, record, task } from "../../world";
import { terms, usd } from "./terms";

const HOUR = 3600;
const DAY_MS = 86_400_000;
const hours = (count: number, listed: number, changes: Partial<LedgerRecord> = {}): LedgerRecord =>
  record({
    active_seconds: count * HOUR,
    task: task({ reward: usd(listed), estimate_seconds: null }),
    ...changes,
  });
const fold = (records: LedgerRecord[], overhead_seconds = 0, changes: Partial<Terms> = {}) =>
  totals(sumsOf(records, "day"), overhead_seconds, terms(changes));

describe("as workers told it", () => {
  test("a task of $2.00 that took four hours and paid $0.30 is $0.075 an hour, 15 % of what was listed", () => {
    const made = fold([hours(4, 2, { outcome: "paid", paid: usd(0.3) })]);
    expect(made.effective_per_hour).toBe(0.075);
    expect(made.paid_share).toBe(0.15);
    expect(made.task_per_hour).toBe(0.5);
  });

  test("a project of $50 that paid $12 paid 24 % of what was listed", () => {
    expect(fold([hours(24, 50, { outcome: "paid", paid: usd(12) })])).toMatchObject({
      paid_share: 0.24,
      effective_per_hour: 0.5,
    });
  });

  test("ten hours that were all rejected are $0.00 an hour, and no error", () => {
    const made = fold(Array.from({ length: 10 }, () => hours(1, 6, { outcome: "rejected" })));
    expect(made).toMatchObject({
      tasks: 10,
      earned: 0,
      paid_share: 0,
      task_per_hour: 6,
      effective_per_hour: 0,
      all_in_per_hour: 0,
    });
  });

  test("no time at all has no rate, and no error", () => {
    expect(fold([])).toMatchObject({
      tasks: 0,
      paid_share: null,
      advertised_per_hour: null,
      task_per_hour: null,
      effective_per_hour: null,
      all_in_per_hour: null,
    });
  });
});

describe("the four rates", () => {
  const day = [
    hours(1, 6, { outcome: "paid", task: task({ reward: usd(6), estimate_seconds: HOUR / 2 }) }),
    hours(1, 6, { outcome: "returned" }),
  ];

  test("stand side by side: advertised, task, effective, all-in", () => {
    expect(fold(day, 2 * HOUR)).toMatchObject({
      advertised_per_hour: 12,
      task_per_hour: 6,
      effective_per_hour: 3,
      all_in_per_hour: 1.5,
    });
  });

  test("count a test at no pay as unpaid time, not as work", () => {
    const test = hours(1, 0, { outcome: "submitted" });
    expect(fold([...day, test])).toMatchObject({
      tasks: 2,
      effective_per_hour: 3,
      all_in_per_hour: 2,
      overhead_seconds: HOUR,
    });
  });

  test("count the time the worker said, not the one that was measured", () => {
    expect(fold([hours(1, 6, { outcome: "paid", corrected_seconds: 2 * HOUR })]).effective_per_hour).toBe(3);
  });
});

describe("pending work", () => {
  const pending = hours(1, 6);

  test("counts at what its client paid so far", () => {
    expect(fold([pending], 0, { share: () => 0.5 })).toMatchObject({
      pending: 6_000_000,
      expected: 3_000_000,
      effective_per_hour: 3,
    });
  });

  test("counts for nothing after thirty days, until it is paid", () => {
    const ago = (days: number) => ({ ...pending, ...dated(days) });
    expect(fold([ago(30)]).effective_per_hour).toBe(6);
    expect(fold([ago(31)])).toMatchObject({ effective_per_hour: 0, pending: 6_000_000, pending_tasks: 1 });
    expect(fold([{ ...ago(31), outcome: "paid" }]).effective_per_hour).toBe(6);
  });

  test("of a closed account counts for nothing", () => {
    expect(fold([pending], 0, { closed_on: () => "2026-11-23" }).effective_per_hour).toBe(0);
    expect(fold([pending], 0, { closed_on: () => "2026-11-22" }).effective_per_hour).toBe(6);
  });
});

describe("money of several currencies", () => {
  const pounds = { micros: 3_000_000, currency: "GBP" };
  const study = hours(1, 0, { outcome: "paid", task: task({ reward: pounds }) });

  test("is shown in one of them", () => {
    const usdPer = { GBP: 1.25, EUR: 1 };
    expect(fold([study], 0, { exchange: { currency: "GBP", usdPer: {} } }).effective_per_hour).toBe(3);
    expect(fold([study], 0, { exchange: { currency: "USD", usdPer } }).effective_per_hour).toBe(3.75);
    expect(fold([study], 0, { exchange: { currency: "EUR", usdPer } }).effective_per_hour).toBe(3.75);
  });

  test("that no rate converts is left out with its time, and counted", () => {
    expect(fold([study, hours(1, 6, { outcome: "paid" })])).toMatchObject({
      effective_per_hour: 6,
      task_per_hour: 6,
      unpriced: 1,
    });
  });
});

function dated(days: number): Partial<LedgerRecord> {
  const ended_at = NOON - days * DAY_MS;
  return { ended_at, day: new Date(ended_at).toISOString().slice(0, 10) };
}
