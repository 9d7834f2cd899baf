import { expect, test } from "vitest";
import { type Left, type Units, unitsBetween } from "../../../../extension/src/core/listing_stats/units";

const MS = 20_000;
const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0);
const between = (before: Left, now: Left, standing = Object.keys(now)): Units =>
  unitsBetween(before, now, new Set(standing), MS);

test.each([
  [1, 0],
  [5, 0],
  [6, 1],
  [20, 1],
  [21, 2],
  [100, 2],
  [101, 3],
  [1_000, 3],
  [1_001, 4],
  [90_000, 4],
])("a listing with %i left is of size %i", (left, size) => {
  const { watched_ms, gone } = between({ 7: left }, { 7: left - 1 });
  expect(watched_ms).toEqual([0, 0, 0, 0, 0].with(size, MS));
  expect(gone).toEqual([0, 0, 0, 0, 0].with(size, 1));
});

test("units that came back are no units that went, and the time counts", () => {
  expect(between({ 7: 3 }, { 7: 9 })).toEqual({ watched_ms: [MS, 0, 0, 0, 0], gone: [0, 0, 0, 0, 0] });
});

test("a listing that is gone took its last few with it", () => {
  expect(between({ 7: 4, 8: 20 }, {}).gone).toEqual([4, 20, 0, 0, 0]);
});

test("a listing that is gone with more left was taken back: neither units nor time", () => {
  expect(between({ 7: 21 }, {})).toEqual({ watched_ms: [0, 0, 0, 0, 0], gone: [0, 0, 0, 0, 0] });
});

test("a row that stands and does not say it any more, one that is new and one with none left tell nothing", () => {
  expect(sum(between({ 7: 4 }, {}, ["7"]).watched_ms)).toBe(0);
  expect(sum(between({}, { 7: 4 }).watched_ms)).toBe(0);
  expect(sum(between({ 7: 0 }, { 7: 0 }).watched_ms)).toBe(0);
});

/** The same numbers in every run (Park and Miller). */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

test("over any looks no more units go than were there and came, and no time is made up", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const draw = chance(seed);
    const looks = Array.from({ length: 2 + draw(6) }, () =>
      Object.fromEntries(
        Array.from({ length: draw(5) }, () => [String(draw(6)), draw(draw(3) === 0 ? 3000 : 40)]),
      ),
    );
    let [gone, came, watched] = [0, 0, 0];
    looks.forEach((now, place) => {
      const before = looks[place - 1] ?? {};
      came += sum(Object.entries(now).map(([row, left]) => Math.max(0, left - (before[row] ?? 0))));
      if (place === 0) return;
      const units = between(before, now);
      gone += sum(units.gone);
      watched += sum(units.watched_ms);
      expect(
        [...units.gone, ...units.watched_ms].every((count) => Number.isInteger(count) && count >= 0),
      ).toBe(true);
      for (const [size, count] of units.gone.entries()) {
        expect(count === 0 || (units.watched_ms[size] ?? 0) > 0).toBe(true);
      }
    });
    expect(gone).toBeLessThanOrEqual(came);
    expect(watched).toBeLessThanOrEqual(6 * MS * (looks.length - 1));
  }
});
