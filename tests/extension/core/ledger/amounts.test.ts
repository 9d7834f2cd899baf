import { expect, test } from "vitest";
import { type Amounts, add, amountsOf } from "../../../../extension/src/core/ledger/amounts";
import { record } from "../../world";
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
