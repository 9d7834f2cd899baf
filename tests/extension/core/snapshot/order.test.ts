import { expect, test } from "vitest";
import { isOlder } from "../../../../extension/src/core/snapshot/order";

const IN_ORDER = [
  "2026-11-30-archive",
  "2026-12-24-archive",
  "2026-12-24-archive.2",
  "2026-11-23",
  "2026-11-23.2",
  "2026-11-23.10",
  "2026-11-30",
  "2026-12-07-demo",
  "2026-12-07-demo.2",
];

test("releases are ordered as the server orders them", () => {
  const shuffled = [...IN_ORDER].reverse();
  expect(shuffled.sort((one, other) => (isOlder(one, other) ? -1 : 1))).toEqual(IN_ORDER);
  expect(isOlder("2026-11-23", "2026-11-23")).toBe(false);
});

test.each(["", "2026-11-23.01", "latest", "2026-11-23 "])("%j is no release", (name) => {
  expect(isOlder(name, "2026-11-23")).toBeNull();
});
