import { expect, test } from "vitest";
import { timeOrderedId } from "../../../../extension/src/core/outbox/id";
import { dayOf, hourOf, startOfDay } from "../../../../extension/src/core/timer/hour";

const AT = Date.parse("2026-11-23T14:07:31.456Z");
const HOUR = Date.parse("2026-11-23T14:00:00Z");

test("an id has the layout of version 7 and tells no more of the time than its hour", () => {
  const id = timeOrderedId(
    AT,
    Uint8Array.from({ length: 10 }, () => 255),
  );
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(HOUR);
});

test("ids sort by their hour", () => {
  const late = timeOrderedId(AT + 3_600_000, new Uint8Array(10));
  expect(
    timeOrderedId(
      AT,
      Uint8Array.from({ length: 10 }, () => 255),
    ) < late,
  ).toBe(true);
});

test("an instant is cut to its hour on the wire", () => {
  expect(hourOf(AT)).toBe("2026-11-23T14:00:00Z");
});

test("a day is the worker's own", () => {
  const night = new Date(2026, 10, 23, 23, 59, 59);
  expect(dayOf(night.getTime())).toBe("2026-11-23");
  expect(startOfDay(night.getTime())).toBe(new Date(2026, 10, 23).getTime());
});
