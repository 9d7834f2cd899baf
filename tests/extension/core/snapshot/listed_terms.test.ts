import { expect, test } from "vitest";
import { listedTerms } from "../../../../extension/src/core/snapshot/listed_terms";
import type { Rate } from "../../../../extension/src/core/snapshot/rate";
import { task } from "../../world";

const rated = (rate: number | null, level: Rate["level"] = "task") =>
  ({ level, task_usd_per_hour: rate }) as Rate;
const hourly = task({ reward: { micros: 20_000_000, currency: "USD" }, reward_per: "hour", cap_seconds: 1800 });

test("people took 41 minutes where a task paid $10 at most comes to $14.63 an hour", () => {
  const terms = listedTerms(hourly, rated(14.634), {});
  expect(Math.round((terms.took_seconds ?? 0) / 60)).toBe(41);
});

test("nothing is said of the time that people took where they stay within the cap, or only a client's rate is known", () => {
  expect(listedTerms(hourly, rated(20), {})).toEqual({ cap_seconds: 1800 });
  expect(listedTerms(hourly, rated(14.6, "client"), {})).toEqual({ cap_seconds: 1800 });
  expect(listedTerms(hourly, rated(null), {})).toEqual({ cap_seconds: 1800 });
  expect(listedTerms(hourly, rated(0), {})).toEqual({ cap_seconds: 1800 });
});

test("a cap in a currency without a rate of the day says no time", () => {
  const pounds = { ...hourly, reward: { micros: 20_000_000, currency: "GBP" } };
  expect(listedTerms(pounds, rated(14.6), {})).toEqual({ cap_seconds: 1800 });
});
