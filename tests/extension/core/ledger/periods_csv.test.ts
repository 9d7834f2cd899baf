import { expect, test } from "vitest";
import { PeriodTable, taxYearOf, weekOf } from "../../../../extension/src/core/ledger/periods_csv";
import { record } from "../../world";
import { usd } from "./terms";

test("a week is Monday to Sunday, a tax year begins on the day that the worker's country says", () => {
  expect(weekOf("2026-11-29")).toEqual({ first: "2026-11-23", last: "2026-11-29" });
  const uk = taxYearOf("04-06");
  expect([uk("2026-04-05"), uk("2026-04-06")]).toEqual([
    { first: "2025-04-06", last: "2026-04-05" },
    { first: "2026-04-06", last: "2027-04-05" },
  ]);
  expect(taxYearOf("03-01")("2028-02-29")).toEqual({ first: "2027-03-01", last: "2028-02-29" });
});

test("hours and pay are summed by week, platform and currency in plain columns, unpaid time on its own line", () => {
  const table = new PeriodTable(weekOf);
  const done = { day: "2026-11-24", active_seconds: 1800 };
  table.add(record({ ...done, outcome: "paid", paid: usd(4.5), other_paid: [{ micros: 250_000, currency: "GBP" }] }));
  table.add(record({ ...done, outcome: "returned" }));
  table.add(record({ ...done, outcome: "submitted" }));
  table.add(record({ ...done, outcome: "end_unseen" }));
  table.add(record({ ...done, outcome: "paid", paid: usd(9), is_own: false }));
  table.add(record({ ...done, day: "2026-11-30", outcome: "paid", paid: usd(1) }));
  const seconds = { search: 900, learning: 900 };
  table.addUnpaid({ platform: "practice", day: "2026-11-24", id: "1", revision: 1, told_revision: 0, is_shared: true, seconds });
  expect(table.csv().split("\r\n")).toEqual([
    "starts_on,ends_on,platform,currency,tasks,hours_worked,hours_unpaid,paid,pending",
    "2026-11-23,2026-11-29,practice,,0,0.00,0.50,0.00,0.00",
    "2026-11-23,2026-11-29,practice,GBP,0,0.00,0.00,0.25,0.00",
    "2026-11-23,2026-11-29,practice,USD,3,1.50,0.00,4.50,0.35",
    "2026-11-30,2026-12-06,practice,USD,1,0.50,0.00,1.00,0.00",
    "",
  ]);
});
