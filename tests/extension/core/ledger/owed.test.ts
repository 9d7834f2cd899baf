import { expect, test } from "vitest";
import { owedBy, owedInAll } from "../../../../extension/src/core/ledger/owed";
import type { LedgerRecord } from "../../../../extension/src/core/ledger/record";
import { sumsOf } from "../../../../extension/src/core/ledger/sums";
import { NOON, record, task } from "../../world";
import { terms, usd } from "./terms";

const DAY_MS = 86_400_000;
const dayOf = (days: number) => new Date(NOON - days * DAY_MS).toISOString().slice(0, 10);
const ago = (days: number, changes: Partial<LedgerRecord> = {}): LedgerRecord =>
  record({
    ended_at: NOON - days * DAY_MS,
    day: dayOf(days),
    task: task({ reward: usd(2), client: { id: "c-1", name: "One" } }),
    ...changes,
  });
/** Paid two days after it was handed in, three times. */
const QUICK = [40, 41, 42].map((days) => ago(days, { outcome: "paid", decided_on: dayOf(days - 2) }));
const owed = (records: LedgerRecord[], changes = {}) => owedBy(sumsOf(records, "day"), terms(changes));

test("a client of no history is overdue after thirty days", () => {
  expect(owed([ago(30), ago(31)])).toMatchObject([
    { pending: { tasks: 1, micros: 2_000_000 }, overdue: { tasks: 1, micros: 2_000_000 }, usual_days: null },
  ]);
});

test("a client who usually takes two days is overdue after a week", () => {
  expect(owed([...QUICK, ago(7), ago(8)])).toMatchObject([
    { pending: { tasks: 1 }, overdue: { tasks: 1 }, usual_days: 2 },
  ]);
});

test("what was pending when an account was closed is lost", () => {
  const closed_on = () => dayOf(5);
  expect(owed([ago(9), ago(5), ago(4)], { closed_on })).toMatchObject([
    { lost: { tasks: 2, micros: 4_000_000 }, pending: { tasks: 1 } },
  ]);
});

test("refused work is told at what it was listed", () => {
  expect(owed([ago(3, { outcome: "rejected" })])).toMatchObject([
    { rejected: { tasks: 1, micros: 2_000_000 }, pending: { tasks: 0 } },
  ]);
});

test("who owes nothing is not named, who owes most comes first", () => {
  const other = task({ reward: usd(9), client: { id: "c-2", name: "Two" } });
  const all = owed([...QUICK, ago(1), ago(1, { task: other }), ago(1, { outcome: "returned" })]);
  expect(all.map(({ client }) => client?.name)).toEqual(["Two", "One"]);
  expect(owedInAll(all).pending).toEqual({ tasks: 2, micros: 11_000_000 });
  expect(owed(QUICK)).toEqual([]);
});
