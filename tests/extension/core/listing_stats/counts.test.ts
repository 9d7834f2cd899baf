import { describe, expect, test } from "vitest";
import { type Look, looked, numberOf } from "../../../../extension/src/core/listing_stats/counts";

const NOON = Date.parse("2026-11-23T12:00:00Z");
const SECOND = 1000;
const MINUTE = 60 * SECOND;

const glance = (
  rows: number[],
  changes: { view?: number; by_hand?: boolean; left?: (number | null)[] } = {},
) => ({
  view: 1,
  rows,
  left: rows.map(() => null),
  by_hand: false,
  ...changes,
});

/** Looks one after another, seconds apart; what came of the last. */
function series(...looks: [seconds: number, rows: number[], changes?: Parameters<typeof glance>[1]][]) {
  let look: Look | undefined;
  let counted: ReturnType<typeof looked>["counted"] = null;
  for (const [seconds, rows, changes] of looks) {
    ({ look, counted } = looked(look, glance(rows, changes), NOON + seconds * SECOND));
  }
  return counted;
}

describe("two looks at a listing", () => {
  test("the first is only the ground for the next", () => {
    expect(series([0, [1, 2, 3]])).toBeNull();
  });

  test("count what appeared between them and how long was watched", () => {
    expect(series([0, [1, 2, 3]], [20, [1, 2, 3, 4, 5]])).toMatchObject({
      appeared: 2,
      watched_ms: 20 * SECOND,
    });
  });

  test("count how long a task lived that came and went", () => {
    expect(series([0, [1]], [20, [1, 2]], [200, [1]])?.lives).toEqual([0, 1, 0, 0, 0, 0]);
    expect(series([0, [1]], [20, [1, 2]], [50, [1]])?.lives).toEqual([1, 0, 0, 0, 0, 0]);
  });

  test("a task that was there from the beginning has no known life", () => {
    expect(series([0, [1, 2]], [20, [1]])).toMatchObject({ appeared: 0, lives: [0, 0, 0, 0, 0, 0] });
  });

  test.each([
    ["what the worker did themselves", [20, [1, 2, 3, 4], { by_hand: true }] as const],
    ["another address", [20, [1, 2, 3, 4], { view: 2 }] as const],
    ["a look after long", [16 * 60, [1, 2, 3, 4]] as const],
    ["another view of most rows", [20, Array.from({ length: 30 }, (_, row) => 100 + row)] as const],
  ])("%s is no news and no time", (_, [seconds, rows, changes]) => {
    expect(series([0, [1, 2, 3]], [seconds, [...rows], changes])).toBeNull();
  });

  test("rows that came by the worker's hand are no news later, and have no life", () => {
    const counted = series([0, [1]], [20, [1, 2], { by_hand: true }], [40, [1, 2]], [60, [1]]);
    expect(counted).toMatchObject({ appeared: 0, lives: [0, 0, 0, 0, 0, 0] });
  });

  test("a task keeps its age over looks that are not counted", () => {
    const counted = series([0, [1]], [20, [1, 2]], [40, [1, 2], { by_hand: true }], [7 * 60, [1]]);
    expect(counted?.lives).toEqual([0, 0, 1, 0, 0, 0]);
  });

  test("count the units that went of a listing that tells how many are left", () => {
    const counted = series([0, [1, 2], { left: [30, null] }], [20, [1, 2], { left: [27, 4] }]);
    expect(counted?.units).toEqual({ watched_ms: [0, 0, 20 * SECOND, 0, 0], gone: [0, 0, 3, 0, 0] });
  });

  test("count no units where the worker's hand, another address or a pause lies between", () => {
    for (const changes of [{ by_hand: true }, { view: 2 }]) {
      expect(series([0, [1], { left: [30] }], [20, [1], { ...changes, left: [27] }])).toBeNull();
    }
    expect(series([0, [1], { left: [30] }], [16 * 60, [1], { left: [27] }])).toBeNull();
  });

  test("two rows that cannot be told apart tell nothing of their units", () => {
    expect(series([0, [1, 1], { left: [9, 4] }], [20, [1, 1], { left: [8, 3] }])?.units.gone).toEqual([
      0, 0, 0, 0, 0,
    ]);
  });

  test("a look that an older version kept knows of no units", () => {
    const { left: _, ...older } = looked(undefined, glance([1], { left: [30] }), NOON).look;
    const { counted } = looked(older, glance([1], { left: [27] }), NOON + 20 * SECOND);
    expect(counted?.units.gone).toEqual([0, 0, 0, 0, 0]);
  });

  test("a clock set back counts nothing", () => {
    expect(series([60, [1]], [0, [1, 2]])).toBeNull();
  });

  test("five lengths of life and what is longer", () => {
    for (const [minutes, place] of [
      [0.5, 0],
      [3, 1],
      [10, 2],
    ] as const) {
      const counted = series([0, [1]], [1, [1, 2]], [1 + minutes * 60, [1]]);
      expect(counted?.lives[place]).toBe(1);
    }
    let look = looked(undefined, glance([1]), NOON).look;
    for (let at = 1; at <= 300; at += 1) look = looked(look, glance([1, 2]), NOON + at * MINUTE).look;
    expect(looked(look, glance([1]), NOON + 301 * MINUTE).counted?.lives).toEqual([0, 0, 0, 0, 0, 1]);
  });
});

test("rows are told apart by their words, which stand nowhere", () => {
  expect(numberOf("a")).not.toBe(numberOf("b"));
  expect(numberOf("Describe a photo")).toBe(numberOf("Describe a photo"));
  expect(Number.isInteger(numberOf("α🙂")) && numberOf("α🙂") >= 0).toBe(true);
});
