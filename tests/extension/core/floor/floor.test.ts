/** A floor in any currency, from a preset or typed, and pay judged by it. */

import { describe, expect, test } from "vitest";
import { convert } from "../../../../extension/src/core/floor/currency";
import {
  FIRST_FLOOR,
  floorFrom,
  floorOf,
  isFloor,
  ratesWith,
  viewOf,
} from "../../../../extension/src/core/floor/floor";
import { PRESETS, perHour } from "../../../../extension/src/core/floor/presets";
import { text } from "../../catalogue";

const USD_PER = { EUR: 1.1, GBP: 1.3, USD: 1 };

describe("money in another currency", () => {
  test("goes by the day's rates, both ways", () => {
    expect(convert(10, "EUR", "USD", USD_PER)).toBeCloseTo(11);
    expect(convert(11, "USD", "EUR", USD_PER)).toBeCloseTo(10);
    expect(convert(11, "EUR", "GBP", USD_PER)).toBeCloseTo((11 * 1.1) / 1.3);
  });

  test("needs no rate where it is the same, and is nothing where one is missing", () => {
    expect(convert(5, "KES", "KES", {})).toBe(5);
    expect(convert(5, "KES", "USD", USD_PER)).toBeNull();
    expect(convert(5, "USD", "KES", USD_PER)).toBeNull();
  });
});

describe("a preset", () => {
  test.each(PRESETS)("$id has a name, a source, a day, and becomes a floor", (preset) => {
    expect(text(`floor_preset_${preset.id}`)).not.toBe("");
    expect(preset.source.length).toBeGreaterThan(10);
    expect(preset.on).toMatch(/^\d{4}(-\d{2}-\d{2})?$/);
    expect(Intl.supportedValuesOf("currency")).toContain(preset.currency);
    expect(preset.hours_per_day === null).toBe(preset.per === "hour");
    expect(isFloor(perHour(preset))).toBe(true);
    expect(floorOf(preset.id)?.per_hour.currency).toBe(preset.currency);
  });

  test("by the day is shared over the hours it states", () => {
    expect(floorOf("ph_high")?.per_hour).toEqual({ micros: 1_250_000, currency: "USD" });
    expect(floorOf("ph_low")?.per_hour).toEqual({ micros: 750_000, currency: "USD" });
  });

  test("is the floor until the worker sets their own", () => {
    expect(FIRST_FLOOR).toMatchObject({
      per_hour: { micros: 7_250_000, currency: "USD" },
      preset: "us_federal",
    });
  });
});

describe("a typed floor", () => {
  test("is kept to the hundredth, never as a float", () => {
    expect(floorFrom(0.1 + 0.2, "EUR", null).per_hour.micros).toBe(300_000);
  });

  test("shows pay in its currency by the day's rate", () => {
    const view = viewOf(floorFrom(8, "GBP", null), USD_PER);
    expect(view).toMatchObject({ currency: "GBP", floor_per_hour: 8 });
    expect(view.per_usd).toBeCloseTo(1 / 1.3);
  });

  test("goes by the worker's own rate where the day has none, and by no rate where neither has", () => {
    const own = floorFrom(9000, "COP", 4000);
    expect(viewOf(own, ratesWith(own, USD_PER)).per_usd).toBeCloseTo(4000);
    expect(ratesWith(own, USD_PER)).toMatchObject({ COP: 1 / 4000 });
    expect(viewOf(floorFrom(9000, "COP", null), USD_PER).per_usd).toBeNull();
    const known = floorFrom(8, "GBP", 99);
    expect(ratesWith(known, USD_PER)).toBe(USD_PER);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 1e12])("of %d is none", (amount) => {
    expect(isFloor(amount)).toBe(false);
  });
});
