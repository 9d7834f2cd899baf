import { expect, test } from "vitest";
import { type Amounts, add, amountsOf } from "../../../../extension/src/core/ledger/amounts";
import { record, task } from "../../world";
import { paidTime } from "../../../../extension/src/core/ledger/pay";
import { usd } from "./terms";

const POUNDS = { micros: 1_500_000, currency: "GBP" };
const PAID = record({ outcome: "paid", paid: POUNDS, other_paid: [usd(0.4)], active_seconds: 60 });

test("what a record brought in two currencies is earned in each, and its time is counted once", () => {
  const amounts = amountsOf(PAID);
  expect(amounts).toMatchObject({ "GBP earned": 1_500_000, "USD earned": 400_000, "GBP earned_ms": 60_000 });
  expect(amounts).not.toHaveProperty("USD earned_ms");
  expect([amounts["GBP tasks"], amounts["USD tasks"]]).toEqual([1, undefined]);
});

test("a record in two currencies that is taken away leaves no trace", () => {
  const sums: Amounts = {};
  add(sums, amountsOf(PAID));
  add(sums, amountsOf(PAID), -1);
  expect(sums).toEqual({});
});

/** 41 minutes worked at $20 an hour, where the site pays for 30. */
const CAPPED = record({
  active_seconds: 41 * 60,
  task: task({ reward: usd(20), reward_per: "hour", cap_seconds: 30 * 60 }),
});
const perHour = (amounts: Amounts, part: "earned" | "pending" | "listed"): number =>
  (amounts[`USD ${part}`] ?? 0) / ((amounts[`USD ${part}_ms`] ?? 0) / 3_600_000) / 1_000_000;

test("41 minutes worked of which 30 are paid at $20 an hour come to $14.63 an hour, pending, paid and listed alike", () => {
  const pending = amountsOf({ ...CAPPED, outcome: "submitted" });
  expect(pending).toMatchObject({ "USD pending": 10_000_000, "USD listed": 10_000_000, worked_ms: 2_460_000 });
  expect(perHour(pending, "pending")).toBeCloseTo(14.634, 3);
  const approved = amountsOf({ ...CAPPED, outcome: "approved" });
  expect(perHour(approved, "earned")).toBeCloseTo(14.634, 3);
});

test("the time that the site paid for counts instead of the cap once it is known, in pay alone", () => {
  const amounts = amountsOf({ ...CAPPED, outcome: "paid", paid_seconds: 15 * 60 });
  expect(amounts).toMatchObject({ "USD earned": 5_000_000, "USD listed": 10_000_000, "USD earned_ms": 2_460_000 });
});

test("without a cap pay by the hour ends at the limit that the site states", () => {
  const limited = task({ reward: usd(20), reward_per: "hour", limit_seconds: 30 * 60 });
  expect(amountsOf({ ...CAPPED, task: limited, outcome: "submitted" })).toMatchObject({ "USD pending": 10_000_000 });
});

test("how much of the time is paid is said where pay follows time, and nowhere else", () => {
  expect(paidTime(CAPPED, 2460)).toBe(1800);
  expect(paidTime({ ...CAPPED, paid_seconds: 600 }, 2460)).toBe(600);
  expect(paidTime({ ...CAPPED, task: task({ reward: usd(20) }) }, 2460)).toBeNull();
});
