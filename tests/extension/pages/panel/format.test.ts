import { expect, test } from "vitest";
import { amountOf, duration } from "../../../../extension/src/pages/panel/format";

const writing = { text: (key: string, ...gaps: string[]) => [key, ...gaps].join(" "), locale: "en" };

test.each([
  [0, "duration_seconds 0"],
  [59.9, "duration_seconds 59"],
  [60, "duration_minutes 1"],
  [3599, "duration_minutes 59"],
  [7500, "duration_hours 2 5"],
])("%d seconds are told in the two largest units", (seconds, words) => {
  expect(duration(seconds, writing)).toBe(words);
});

test("money is written the worker's way", () => {
  expect(amountOf(3.1, "USD", writing)).toBe("$3.10");
  expect(amountOf(3.1, "USD", { ...writing, locale: "de" })).toBe("3,10\u00a0$");
});
