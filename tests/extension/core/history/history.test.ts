/** The worker's own attempts, summed by task and by client. */

import { expect, test } from "vitest";
import { firstRecentMonth, ownOf, talliesOf } from "../../../../extension/src/core/history/history";
import type { LedgerRecord } from "../../../../extension/src/core/ledger/record";
import { NOON, record, task } from "../../world";

const USD_PER = { EUR: 1.1 };

function own(
  records: LedgerRecord[],
  reading = task(),
  currency = "USD",
  usdPer: Record<string, number> = USD_PER,
) {
  return ownOf(talliesOf(records), reading, { currency, usdPer, since: firstRecentMonth(NOON) });
}

const paid = (dollars: number, seconds: number, changes: Partial<LedgerRecord> = {}): LedgerRecord =>
  record({
    outcome: "paid",
    paid: { micros: dollars * 1_000_000, currency: "USD" },
    active_seconds: seconds,
    ...changes,
  });

test("every outcome counts: unpaid time is time", () => {
  const records = [paid(3, 1800), record({ outcome: "returned", active_seconds: 1800 })];
  expect(own(records)).toEqual({ per_hour: 3, currency: "USD", attempts: 2, level: "task" });
});

test("a corrected time counts instead of the measured one", () => {
  expect(own([paid(1, 1800, { corrected_seconds: 3600 })])?.per_hour).toBe(1);
});

test("ten hours all rejected are nothing an hour, and no error", () => {
  const records = Array.from({ length: 10 }, () => record({ outcome: "rejected", active_seconds: 3600 }));
  expect(own(records)).toMatchObject({ per_hour: 0, attempts: 10 });
});

test("titles that differ in digits are the same task", () => {
  const numbered = (number: number) => task({ task: { id: null, title: `Label ${number} photos` } });
  expect(own([paid(1, 600, { task: numbered(12) })], numbered(50))).toMatchObject({
    level: "task",
    attempts: 1,
  });
});

test("another task of the same client falls back to the client, a stranger's to nothing", () => {
  const other = task({ task: { id: "t-9", title: "Something else" } });
  expect(own([paid(2, 3600)], other)).toMatchObject({ level: "client", per_hour: 2 });
  expect(own([paid(2, 3600)], task({ client: { id: "c-9", name: "Stranger" } }))).toBeNull();
});

test("a hidden client is no client to have a history with", () => {
  const hidden = (title: string) => task({ client: null, task: { id: "project", title } });
  expect(own([paid(2, 3600, { task: hidden("One") })], hidden("Another"))).toBeNull();
  expect(own([paid(2, 3600, { task: hidden("One") })], hidden("One"))).toMatchObject({ level: "task" });
});

test("pay in other currencies is put together, in the floor's currency if it can be", () => {
  const euros = record({
    outcome: "paid",
    paid: { micros: 1_000_000, currency: "EUR" },
    active_seconds: 1800,
  });
  const both = [paid(1.1, 1800), euros];
  expect(own(both, task(), "EUR")?.per_hour).toBeCloseTo(2);
  expect(own(both, task(), "KES")).toMatchObject({ currency: "USD" });
  expect(own(both, task(), "USD", {})).toBeNull();
  expect(own([euros], task(), "EUR", {})).toMatchObject({ per_hour: 2, currency: "EUR" });
});

test("attempts whose pay nobody told, and those of another's, are left out", () => {
  const unpriced = record({ outcome: "submitted", task: task({ reward: null }) });
  expect(own([unpriced, record({ is_own: false })])).toBeNull();
});

test("a moment of work says nothing about an hour", () => {
  expect(own([paid(0.1, 5)])).toBeNull();
});
