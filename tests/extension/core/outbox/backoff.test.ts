import { expect, test } from "vitest";
import { rest } from "../../../../extension/src/core/outbox/backoff";
import type { Pause } from "../../../../extension/src/platform/storage";

const unreachable = { kind: "unreachable" } as const;
const no = (status: number, retry_after_seconds: number | null = null) =>
  ({ kind: "no", status, retry_after_seconds }) as const;

test("rests grow from half a minute to an hour and no further", () => {
  let pause: Pause | null = null;
  const lengths = Array.from({ length: 10 }, () => {
    pause = rest(pause, unreachable, 0, 1);
    return pause.until / 1000;
  });
  expect(lengths).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
});

test("chance spreads a rest over half its length", () => {
  expect([rest(null, unreachable, 0, 0).until, rest(null, unreachable, 0, 1).until]).toEqual([
    15_000, 30_000,
  ]);
});

test("the server's own word on when to come back is obeyed", () => {
  expect(rest(null, no(429, 900), 1000, 0).until).toBe(901_000);
  expect(rest(null, no(503, 900), 1000, 1).until).toBeGreaterThanOrEqual(901_000);
  expect(rest(null, no(503, 1), 0, 1).until).toBe(30_000);
});

test("a request that was too much is halved, down to a single item", () => {
  const before: Pause = { until: 0, failures: 0, items: 3, problem: null };
  const halved = rest(before, no(413), 0, 0);
  expect([halved.items, rest(halved, no(413), 0, 0).items]).toEqual([1, 1]);
  expect(rest(before, no(500), 0, 0).items).toBe(3);
});
