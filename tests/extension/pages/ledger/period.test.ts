import { describe, expect, test } from "vitest";
import { bucketOf, buckets, within } from "../../../../extension/src/pages/ledger/period";

const TODAY = "2026-11-23";
const day = (one: string) => one;

describe("a period", () => {
  const days = ["2025-01", "2026-10-24", "2026-10-25", "2026-11-16", "2026-11-17", TODAY, "2026-11-24"];

  test.each([
    ["today", [TODAY]],
    ["week", ["2026-11-17", TODAY]],
    ["month", ["2026-10-25", "2026-11-16", "2026-11-17", TODAY]],
    ["all", days],
  ] as const)("of %s holds its days and no others", (period, held) => {
    expect(within(days, day, period, TODAY)).toEqual(held);
  });
});

describe("a chart", () => {
  test("of a day shows its week, of thirty days every one of them", () => {
    expect(buckets([], "today", TODAY)).toHaveLength(7);
    const month = buckets([], "month", TODAY);
    expect([month.length, month[0], month.at(-1)]).toEqual([30, "2026-10-25", TODAY]);
  });

  test("of everything goes month by month, also through those without work", () => {
    expect(buckets(["2026-09", "2026-11-02"], "all", TODAY)).toEqual(["2026-09", "2026-10", "2026-11"]);
    expect(buckets([], "all", TODAY)).toEqual(["2026-11"]);
    expect(buckets(["2001-01"], "all", TODAY)).toHaveLength(36);
    expect(bucketOf("2026-11-02", "all")).toBe("2026-11");
  });
});
