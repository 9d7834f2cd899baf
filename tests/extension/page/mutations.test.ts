/** A site changes without telling. Whatever a pack rests on is renamed here, one by one: the reading may go, it may never be wrong. */

import { describe, expect, test } from "vitest";
import type { LaterOutcome, TaskReading } from "../../../extension/src/readings";
import { type Expected, expectedOf, fixtures, htmlOf, packNamed, sightOf, told } from "./fixture";

/** Words of the page that the pack rests on: classes, ids, attributes and their values, keys of JSON. */
function footholds(pack: unknown): string[] {
  const found = new Set<string>();
  const visit = (value: unknown, key: string): void => {
    if (typeof value === "string") for (const word of wordsIn(key, value)) found.add(word);
    else if (Array.isArray(value)) for (const one of value) visit(one, key);
    else if (value && typeof value === "object") for (const [k, one] of Object.entries(value)) visit(one, k);
  };
  visit(pack, "");
  return Array.from(found);
}

function wordsIn(key: string, value: string): string[] {
  if (["at", "rows", "list", "present", "form", "badge", "confirm"].includes(key)) {
    const quoted = Array.from(value.matchAll(/'([^']+)'/g), ([, word = ""]) => word);
    const bare = value.replace(/'[^']*'/g, "").match(/[\w-]{3,}/g) ?? [];
    return [...quoted, ...bare];
  }
  if (["json", "path", "currency_json", "key"].includes(key)) return value.split(".");
  return ["attribute", "after", "before"].includes(key) ? [value] : [];
}

/** Pay written in another way, none of which says the same. */
const MONEY: readonly (readonly [string, RegExp, string])[] = [
  ["pay in a made-up unit", /(\$|£|€)(\d)/g, "points $2"],
  ["pay as a range", /(\$|£|€)(\d[\d.,]*)/g, "$1$2 - $1 99"],
  ["pay per hour", /((\$|£|€)\d[\d.,]*)/g, "$1/hr"],
  ["pay below nothing", /(\$|£|€)(\d)/g, "-$1$2"],
  ["pay as words in JSON", /(amount\w*&quot;: )([\d.]+)/gi, "$1&quot;about $2&quot;"],
  ["pay as an object in JSON", /(amount\w*&quot;: )([\d.]+)/gi, "$1{&quot;value&quot;: $2}"],
  ["another currency in JSON", /(currency\w*&quot;: &quot;)USD/gi, "$1coins"],
];

const CASES = fixtures()
  .filter((fixture) => expectedOf(fixture).reading !== null)
  .flatMap((fixture) => {
    const html = htmlOf(fixture);
    const pack = packNamed(fixture.split("/")[0] ?? "");
    const renamed = footholds([pack.pages, pack.signals])
      .filter((word) => html.includes(word))
      .map(
        (word) =>
          [
            fixture,
            `"${word}" renamed`,
            html.replaceAll(word, `${word.slice(0, 1)}X${word.slice(1)}`),
          ] as const,
      );
    const repriced = MONEY.map(([what, from, to]) => [fixture, what, html.replace(from, to)] as const);
    return [...renamed, ...repriced.filter(([, , changed]) => changed !== html)];
  });

describe.each(CASES)("%s with %s", (fixture, _what, changed) => {
  test("gives nothing or the truth", () => {
    const expected = expectedOf(fixture);
    const got = told(sightOf(changed, expected.url, packNamed(fixture.split("/")[0] ?? "")));
    expectNothingFalse(got, expected);
  });
});

test("the mutations take hold: most change what is read", () => {
  const changing = CASES.filter(([fixture, , html]) => {
    const { url, ...expected } = expectedOf(fixture);
    const got = told(sightOf(html, url, packNamed(fixture.split("/")[0] ?? "")));
    return JSON.stringify(got) !== JSON.stringify(expected);
  });
  expect(CASES.length).toBeGreaterThan(60);
  expect(changing.length).toBeGreaterThan(CASES.length / 2);
});

function expectNothingFalse(got: Omit<Expected, "url" | "page">, expected: Expected): void {
  for (const end of got.ends) expect(expected.ends).toContainEqual(end);
  const { reading } = got;
  if (reading === null || isObject(reading, "unfit")) return;
  if (isObject(reading, "attempt")) {
    const truth = expected.reading as { attempt: string; task: TaskReading; elapsed_seconds: number };
    const work = reading as typeof truth;
    expect(work.attempt).toBe(truth.attempt);
    expect([0, truth.elapsed_seconds]).toContain(work.elapsed_seconds);
    expectTrueOrNull(work.task, truth.task);
    return;
  }
  for (const row of reading as (TaskReading | LaterOutcome)[]) {
    const truth = (expected.reading as typeof reading & object[]).find((one: object) => isSame(row, one));
    expect(truth).toBeDefined();
    expectTrueOrNull(row, truth);
  }
}

function isSame(row: object, other: object): boolean {
  const name = (one: object): unknown => ("attempt" in one ? one.attempt : (one as TaskReading).task.title);
  return name(row) === name(other);
}

/** Every value is the true one or null, all the way down. */
function expectTrueOrNull(got: unknown, truth: unknown): void {
  if (got === null) return;
  if (typeof got !== "object") expect(got).toBe(truth);
  else
    for (const [key, value] of Object.entries(got as object)) {
      expectTrueOrNull(value, (truth as Record<string, unknown> | null)?.[key]);
    }
}

function isObject(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && key in value;
}

describe("rows and records out of step", () => {
  const expected = expectedOf("mturk/listing");
  const pack = packNamed("mturk");
  const html = htmlOf("mturk/listing");
  const rows = html.match(/ {2}<li class="table-row">[\s\S]*?<\/li>\n/g) ?? [];

  test("a row more than records makes the page unfit", () => {
    const changed = html.replace(rows[0] ?? "", `${rows[0]}${rows[0]}`);
    const got = told(sightOf(changed, expected.url, pack));
    expect(got.reading).toEqual({ unfit: "rows and records do not match" });
  });

  test("rows in another order than records are not read", () => {
    const [first = "", second = ""] = rows;
    const changed = html.replace(first, "<!-- -->").replace(second, first).replace("<!-- -->", second);
    const got = told(sightOf(changed, expected.url, pack)).reading as TaskReading[];
    expect(got.map((row) => row.task.title)).not.toContain("Label 12 street photos");
    expect(got).toHaveLength(3);
  });
});
