import { expect, test } from "vitest";
import { numberOf } from "../../../../extension/src/core/page/left";

test.each([
  ["82 places", 82],
  ["1 place", 1],
  ["1,250 places", 1_250],
  ["1.250 plazas", 1_250],
  ["Noch 12", 12],
  ["0 places", 0],
  ["300", 300],
  ["٨٢ places", null],
  ["82 of 100 places", null],
  ["82/100", null],
  ["1.5k places", null],
  ["~1442.6k HITs", null],
  ["~20 HITs", null],
  ["50+ places", null],
  ["< 5 left", null],
  ["-5 places", null],
  ["1.5 places", null],
  ["$5", null],
  ["5 %", null],
  ["3 100 places", null],
  ["places", null],
])("the text %j tells %j left", (text, left) => {
  expect(numberOf(text, "int_text")).toBe(left);
});

test.each([
  ["2980/3000", 20],
  ["31 / 60", 29],
  ["60/60", 0],
  ["61/60", null],
  ["31", null],
  ["31/60/90", null],
  ["done", null],
])("the text %j as done of all tells %j left", (text, left) => {
  expect(numberOf(text, "done_text")).toBe(left);
});

test("digits alone are a number, and nothing else is", () => {
  expect(numberOf("812", "int")).toBe(812);
  for (const text of ["8.12", "812 HITs", "-1", "", "1e3"]) expect(numberOf(text, "int")).toBeNull();
});
