import { expect, test } from "vitest";
import { ceiling } from "../../../../extension/src/pages/ledger/bars";
import { bestCurrency } from "../../../../extension/src/core/ledger/currency";
import { clientName, dayName, days, money, percent, perHour } from "../../../../extension/src/pages/ledger/words";

const said = (locale: string) => ({
  locale,
  text: (key: string, ...gaps: string[]) =>
    key === "rate_per_hour" ? `${gaps[0]}/h` : [key, ...gaps].join(" "),
});
const english = said("en-US");

test("very little pay is not rounded away", () => {
  expect(perHour(0.075, "USD", english)).toBe("$0.075/h");
  expect(perHour(0, "USD", english)).toBe("$0.00/h");
  expect(money(350_000, "USD", english)).toBe("$0.35");
  expect(money(12_345_600_000, "USD", english)).toBe("$12,345.60");
  expect(money(1_500_000, "JPY", english)).toBe("¥2");
});

test("money, days and shares are written as the worker writes them", () => {
  expect(money(1_234_500_000, "EUR", said("de"))).toMatch(/^1\.234,50\s€$/);
  expect(days(1, english)).toBe("1 day");
  expect(days(2, said("fr"))).toMatch(/^2\sjours$/);
  expect(percent(0.15, english)).toBe("15%");
  expect(dayName("2026-11-23", true, english)).toBe("Nov 23");
  expect(dayName("2026-11", false, english)).toBe("November 2026");
});

test("a client is called by name, else by id, else by what it posts", () => {
  const title = "Describe a photo";
  expect(clientName({ client: { id: "c-1", name: "Bluebird" }, title }, english)).toBe("Bluebird");
  expect(clientName({ client: { id: "c-1", name: null }, title }, english)).toBe("c-1");
  expect(clientName({ client: null, title }, english)).toBe("ledger_hidden_client Describe a photo");
});

test.each([
  [0, 1],
  [0.7, 0.8],
  [1, 1],
  [5.51, 6],
  [12.4, 20],
  [99, 100],
])("an axis for %f ends at %f", (most, top) => {
  expect(ceiling(most)).toBeCloseTo(top);
});

test("money is shown in the worker's own currency where everything converts to it, else in what they are paid in", () => {
  expect(bestCurrency(["USD"], "PHP", { PHP: 0.017 })).toBe("PHP");
  expect(bestCurrency(["USD", "GBP"], "PHP", { PHP: 0.017 })).toBe("USD");
  expect(bestCurrency(["GBP"], "USD", {})).toBe("GBP");
  expect(bestCurrency([], "PHP", {})).toBe("PHP");
});
