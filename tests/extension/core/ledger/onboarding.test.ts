import { expect, test } from "vitest";
import { onboardingOf } from "../../../../extension/src/core/ledger/onboarding";
import { sumsOf } from "../../../../extension/src/core/ledger/sums";
import type { Terms } from "../../../../extension/src/core/ledger/totals";
import { record, task } from "../../world";
import { usd } from "./terms";

const terms: Terms = {
  exchange: { currency: "USD", usdPer: {} },
  today: "2026-11-25",
  share: () => 1,
  closed_on: () => null,
};
const unpaid = (day: string, seconds: { qualification?: number; learning?: number; search?: number }) => {
  return { platform: "practice", day, id: day, revision: 1, told_revision: 0, is_shared: false, seconds };
};
const HOURS = 3600;

test("ten hours of onboarding and no task come to $0.00 an hour, never an error", () => {
  const overheads = [unpaid("2026-11-01", { qualification: 6 * HOURS }), unpaid("2026-11-02", { learning: 4 * HOURS })];
  expect(onboardingOf({ sums: [], overheads }, terms)).toEqual([
    { platform: "practice", seconds: 10 * HOURS, first_paid: null, per_hour: 0 },
  ]);
});

test("it ends with the first paid task, and is spread over all the work", () => {
  const paid = record({ outcome: "paid", paid: usd(20), day: "2026-11-05", active_seconds: HOURS });
  const test = record({ task: task({ reward: usd(0) }), day: "2026-11-03", active_seconds: HOURS });
  const overheads = [
    unpaid("2026-11-02", { qualification: 2 * HOURS, search: 9 * HOURS }),
    unpaid("2026-11-09", { qualification: 5 * HOURS }),
  ];
  const [one] = onboardingOf({ sums: sumsOf([paid, test], "day"), overheads }, terms);
  expect(one).toMatchObject({ seconds: 3 * HOURS, first_paid: "2026-11-05" });
  expect(one?.per_hour).toBeCloseTo(5, 6);
});

test("pay whose work took no time is spread over the onboarding too", () => {
  const paid = record({ outcome: "paid", paid: usd(20), day: "2026-11-05", active_seconds: 0 });
  const overheads = [unpaid("2026-11-02", { learning: 10 * HOURS })];
  expect(onboardingOf({ sums: sumsOf([paid], "day"), overheads }, terms)[0]?.per_hour).toBeCloseTo(2, 6);
});

test("a test after the first pay is no onboarding", () => {
  const paid = record({ outcome: "paid", paid: usd(20), day: "2026-11-05", active_seconds: HOURS });
  const late = record({ task: task({ reward: usd(0) }), day: "2026-11-07", active_seconds: HOURS });
  const overheads = [unpaid("2026-11-02", { learning: HOURS })];
  const [one] = onboardingOf({ sums: sumsOf([paid, late], "day"), overheads }, terms);
  expect([one?.seconds, one?.per_hour]).toEqual([HOURS, 10]);
});

test("a platform without tests is not listed", () => {
  expect(onboardingOf({ sums: [], overheads: [unpaid("2026-11-02", { search: 9 * HOURS })] }, terms)).toEqual([]);
});
