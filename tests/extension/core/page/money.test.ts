import { describe, expect, test } from "vitest";
import { micros, moneyOfNumber, moneyOfText } from "../../../../extension/src/core/page/money";

const money = (amount: number, currency: string) => ({ micros: amount, currency });

test.each([
  ["0.35", 350_000],
  ["1", 1_000_000],
  ["12.5", 12_500_000],
  ["0.000001", 1],
  ["0.30000000000000004", 300_000],
  ["0.7999999999999999", 800_000],
  ["10000", 10_000_000_000],
])("%s is %d micros", (plain, expected) => {
  expect(micros(plain)).toBe(expected);
});

test.each(["", "1e3", "-1", "1.2.3", "10000.01", "99999999999", "NaN", ".5", "5."])(
  "%j is no amount",
  (plain) => {
    expect(micros(plain)).toBeNull();
  },
);

test("every cent up to a hundred dollars reads as itself, from text and from a float", () => {
  for (let cents = 0; cents <= 10_000; cents += 1) {
    const amount = cents / 100;
    expect(moneyOfText(`$${amount.toFixed(2)}`, null, null)).toEqual(money(cents * 10_000, "USD"));
    expect(moneyOfNumber(amount, "major", "USD")).toEqual(money(cents * 10_000, "USD"));
    expect(moneyOfNumber(cents, "minor", "USD")).toEqual(money(cents * 10_000, "USD"));
  }
});

describe("money in words", () => {
  test.each([
    ["£1.50", money(1_500_000, "GBP")],
    ["$0.35", money(350_000, "USD")],
    ["$.05", money(50_000, "USD")],
    ["US$ 2", money(2_000_000, "USD")],
    ["1,50 €", money(1_500_000, "EUR")],
    ["€1.234,50", money(1_234_500_000, "EUR")],
    ["$1,234.50", money(1_234_500_000, "USD")],
    ["1 234,50 €", money(1_234_500_000, "EUR")],
    ["1\u202f234,50\u00a0€", money(1_234_500_000, "EUR")],
    ["CHF 1’250.00", money(1_250_000_000, "CHF")],
    ["0,350 €", money(350_000, "EUR")],
    ["$3.25 USD", money(3_250_000, "USD")],
    ["$3.25 CAD", money(3_250_000, "CAD")],
    ["R$ 7,20", money(7_200_000, "BRL")],
    ["₱25", money(25_000_000, "PHP")],
    ["1,234,567.00 INR", null],
    ["$5,000,000", null],
  ])("%s", (words, expected) => {
    expect(moneyOfText(words, null, null)).toEqual(expected);
  });

  test.each([
    "£9.00/hr",
    "$1 - $2",
    "up to $5",
    "-$1.00",
    "$-1.00",
    "1.50",
    "1,234",
    "€1.234",
    "$12,34,56",
    "$1.2,3.4",
    "£3.25 USD",
    "¥100",
    "100 points",
    "$",
    "",
    "3 HIT",
    "$ 1 2",
  ])("%j is not read", (words) => {
    expect(moneyOfText(words, null, null)).toBeNull();
  });

  test("a pack's decimal mark settles what the digits leave open", () => {
    expect(moneyOfText("$1,234", null, ".")).toEqual(money(1_234_000_000, "USD"));
    expect(moneyOfText("€1,234", null, ",")).toEqual(money(1_234_000, "EUR"));
    expect(moneyOfText("$1,5", null, ".")).toBeNull();
  });

  test("the site's currency stands in where the words name none", () => {
    expect(moneyOfText("1.50", "GBP", null)).toEqual(money(1_500_000, "GBP"));
    expect(moneyOfText("$1.50", "AUD", null)).toEqual(money(1_500_000, "AUD"));
    expect(moneyOfText("$1.50", "GBP", null)).toEqual(money(1_500_000, "USD"));
    expect(moneyOfText("€1.50", "GBP", null)).toEqual(money(1_500_000, "EUR"));
  });
});

test("a number needs a currency, and hundredths are whole", () => {
  expect(moneyOfNumber(0.35, "major", null)).toBeNull();
  expect(moneyOfNumber(0.35, "major", "coins")).toBeNull();
  expect(moneyOfNumber(5, "minor", "GBP")).toEqual(money(50_000, "GBP"));
  expect(moneyOfNumber(1.5, "minor", "GBP")).toBeNull();
  expect(moneyOfNumber(1e-7, "major", "USD")).toBeNull();
  expect(moneyOfNumber(-1, "major", "USD")).toBeNull();
});
