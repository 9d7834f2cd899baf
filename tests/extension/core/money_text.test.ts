import { expect, test } from "vitest";
import { moneyFormat } from "../../../extension/src/core/money_text";

test("a currency in Latin letters keeps its order in a line from right to left", () => {
  expect(moneyFormat("ar", "GBP").format(2)).toContain("\u2066UK£\u2069");
  expect(moneyFormat("en", "GBP").format(2)).toBe("£2.00");
});

test("digits are those that are asked for, each in a format of its own", () => {
  const whole = { minimumFractionDigits: 0, maximumFractionDigits: 0 };
  expect([moneyFormat("en", "USD").format(120.4), moneyFormat("en", "USD", whole).format(120.4)]).toEqual(["$120.40", "$120"]);
});
