/** A site changes without telling. Whatever a pack rests on is renamed here, one by one: the reading may go, it may never be wrong. */

import { describe, expect, test } from "vitest";
import { pageOf } from "../../../../extension/src/core/packs/match";
import type { WorkReading } from "../../../../extension/src/core/page/reader";
import type { TaskReading } from "../../../../extension/src/model/readings";
import {
  type Expected,
  expectedOf,
  fixtures,
  htmlOf,
  PACKS,
  packNamed,
  repliesOf,
  sightOf,
  sightOfFixture,
  told,
} from "./fixture";

/** Words of the page that the pack rests on: classes, ids, attributes and their values, keys of JSON. */
function footholds(pack: unknown): string[] {
  const found = new Set<string>();
  const visit = (value: unknown, key: string): void => {
    if (typeof value === "string") for (const word of wordsIn(key, value)) found.add(word);
    else if (Array.isArray(value)) for (const one of value) visit(one, key);
    else if (value && typeof value === "object") for (const [k, one] of Object.entries(value)) visit(one, k);
  };
  visit(pack, "");
  return Array.from(found).filter((word) => !/^\d*$/.test(word)); // places in an array are moved below
}

function wordsIn(key: string, value: string): string[] {
  if (["at", "rows", "list", "present", "pressed", "form", "badge", "claims", "confirm"].includes(key)) {
    const quoted = Array.from(value.matchAll(/'([^']+)'/g), ([, word = ""]) => word);
    const bare = value.replace(/'[^']*'/g, "").match(/[\w-]{3,}/g) ?? [];
    return [...quoted, ...bare];
  }
  if (["json", "or_json", "path", "more", "currency_json", "key", "word"].includes(key))
    return value.split(".");
  return ["attribute", "after", "before"].includes(key) ? [value] : [];
}

const PAY_IN_JSON =
  /("(?:amount|rate|reward|rateMin|hourlyRate|payPerTaskBaseRate|trainingHourlyRate|amountInCents)":)"?([\d.]+)"?/g;

/** Pay written in another way, none of which says the same. */
const MONEY: readonly (readonly [string, RegExp, string])[] = [
  ["pay in a made-up unit", /(\$|£|€)(\d)/g, "points $2"],
  ["pay as a range", /(\$|£|€)(\d[\d.,]*)/g, "$1$2 - $1 99"],
  ["pay per hour", /((\$|£|€)\d[\d.,]*)/g, "$1/hr"],
  ["pay below nothing", /(\$|£|€)(\d)/g, "-$1$2"],
  ["pay as words in JSON", /(amount\w*&quot;: )([\d.]+)/gi, "$1&quot;about $2&quot;"],
  ["pay as an object in JSON", /(amount\w*&quot;: )([\d.]+)/gi, "$1{&quot;value&quot;: $2}"],
  ["pay with a unit behind it", /((\d[.,]\d+|\d+) [$€])/g, "$1/h"],
  [
    "pay as words in the site's JSON",
    /("(?:amount|rate|reward|payPerHourInCents)":)"?([\d.]+)"?/g,
    '$1"about $2"',
  ],
  [
    "pay as text in the site's JSON",
    /("(?:amount|rate|reward|payPerHourInCents)":)"?([\d.]+)"?/g,
    '$1"$ $2 to $ 99"',
  ],
  [
    "pay nested in the site's JSON",
    /("(?:amount|rate|reward|payPerHourInCents)":)"?([\d.]+)"?/g,
    '$1{"value":$2}',
  ],
  ["another currency in the site's JSON", /("\w*[cC]urrency\w*":)"[^"]+"/g, '$1"coins"'],
  ["pay in cents in an attribute", /(payPerHourInCents&quot;: )(\d+)/g, "$1&quot;$ $2&quot;"],
  ["a rounded count of what is left", /(\d+)( places?\b)/g, "$1.5k$2"],
  ["more taken than there are in JSON", /("places_taken":)(\d+)/g, "$1999$2"],
  [
    "counts as words in JSON",
    /((?:assignable_hits_count|availableTasksFor)&quot;: )(?:&quot;)?(\d+)(?:&quot;)?/g,
    "$1&quot;about $2&quot;",
  ],
  ["done of all the other way round", /(\d+)\/(\d+)/g, "$2/$1"],
  ["pay as a list of numbers in the site's JSON", PAY_IN_JSON, "$1[$2]"],
  ["pay as a list of objects in the site's JSON", PAY_IN_JSON, '$1[{"amount":$2}]'],
  ["pay as a range in the site's JSON", PAY_IN_JSON, '$1"$2 - 990"'],
  ["no pay in the site's JSON", PAY_IN_JSON, "$1null"],
  ["an empty pay in the site's JSON", PAY_IN_JSON, '$1""'],
  ["pay as a range in an attribute", /(payPerHourInCents&quot;: )(\d+)/g, "$1&quot;$$2 - $$99&quot;"],
  ["pay as a list in an attribute", /(payPerHourInCents&quot;: |amount\w*&quot;: )([\d.]+)/gi, "$1[$2]"],
  ["an empty pay in an attribute", /(payPerHourInCents&quot;: |amount\w*&quot;: )([\d.]+)/gi, "$1&quot;&quot;"],
  ["another currency in JSON", /(currency\w*&quot;: &quot;)USD/gi, "$1coins"],
];

/** A fixture's page and the replies beside it, as texts. */
interface Site {
  html: string;
  replies: string;
}

const slugOf = (fixture: string): string => fixture.split("/")[0] ?? "";

function siteOf(fixture: string): Site {
  return { html: htmlOf(fixture), replies: JSON.stringify(Object.fromEntries(repliesOf(fixture))) };
}

function changedSite({ html, replies }: Site, change: (text: string) => string): Site {
  return { html: change(html), replies: change(replies) };
}

function toldOf(fixture: string, { html, replies }: Site): ReturnType<typeof told> {
  return told(sightOfFixture(fixture, html, new Map(Object.entries(JSON.parse(replies)))));
}

const CASES = fixtures()
  .filter((fixture) => expectedOf(fixture).reading !== null || expectedOf(fixture).held !== undefined)
  .flatMap((fixture) => {
    const site = siteOf(fixture);
    const pack = packNamed(slugOf(fixture));
    const renamed = footholds([pack.pages, pack.signals])
      .filter((word) => site.html.includes(word) || site.replies.includes(`"${word}"`))
      .map((word) => {
        const other = `${word.slice(0, 1)}X${word.slice(1)}`;
        const html = site.html.replaceAll(word, other);
        const replies = site.replies.replaceAll(`"${word}":`, `"${other}":`);
        return [fixture, `"${word}" renamed`, { html, replies }] as const;
      });
    const repriced = MONEY.map(
      ([what, from, to]) => [fixture, what, changedSite(site, (text) => text.replace(from, to))] as const,
    );
    return [...renamed, ...repriced.filter(([, , changed]) => !isSameSite(changed, site))];
  });

function isSameSite(one: Site, other: Site): boolean {
  return one.html === other.html && one.replies === other.replies;
}

describe.each(CASES)("%s with %s", (fixture, _what, changed) => {
  test("gives nothing or the truth", () => {
    expectNothingFalse(toldOf(fixture, changed), expectedOf(fixture));
  });
});

test("the mutations take hold: most change what is read", () => {
  const changing = CASES.filter(([fixture, , site]) => {
    const { url: _url, replies: _replies, now: _now, ...expected } = expectedOf(fixture);
    return JSON.stringify(toldOf(fixture, site)) !== JSON.stringify(expected);
  });
  expect(CASES.length).toBeGreaterThan(300);
  expect(changing.length).toBeGreaterThan(CASES.length / 2);
}, 60_000); // every page is read once for every case

const READ = PACKS.filter(({ pages }) => pages.some((page) => page.listing ?? page.work ?? page.held ?? page.status));

test.each(READ)("the pages of $slug are mutated", ({ slug }) => {
  expect(CASES.filter(([fixture]) => slugOf(fixture) === slug).length).toBeGreaterThan(2);
});

function expectNothingFalse(got: ReturnType<typeof told>, expected: Expected): void {
  for (const end of got.ends) expect(expected.ends).toContainEqual(end);
  expectTrueList(got.held, expected.held);
  if (got.left !== undefined) expectTrueOrNull(got.left, expected.left);
  const { reading } = got;
  if (isObject(reading, "attempt")) expectTrueClaim(reading as WorkReading, expected.reading as WorkReading);
  else expectTrueList(reading, expected.reading);
}

/** Of a list, what is there is there in truth. */
function expectTrueList(got: unknown, truths: unknown): void {
  if (!Array.isArray(got)) return;
  for (const one of got as object[]) {
    const truth = (truths as object[]).find((other) => isSame(one, other));
    expect(truth).toBeDefined();
    if (isObject(one, "elapsed_seconds")) expectTrueClaim(one as WorkReading, truth as WorkReading);
    else expectTrueOrNull(one, truth);
  }
}

function expectTrueClaim(got: WorkReading, truth: WorkReading): void {
  expect(got.attempt).toBe(truth.attempt);
  expect([0, truth.elapsed_seconds]).toContain(got.elapsed_seconds);
  const units = got.task.units === 1 ? truth.task.units : got.task.units; // one page, where its parts cannot be counted
  const title = got.task.task.title || truth.task.task.title; // none: the listing tells it
  const reward_per = got.task.reward === null ? truth.task.reward_per : got.task.reward_per; // of no pay
  expectTrueOrNull({ ...got.task, units, reward_per, task: { ...got.task.task, title } }, truth.task);
}

function isSame(row: object, other: object): boolean {
  const name = (one: object): unknown => {
    if (!("attempt" in one)) return (one as TaskReading).task.title;
    return one.attempt ?? ("title" in one ? one.title : null); // of some sites a line names no attempt
  };
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

test.each([
  ["a value before all", /\[(\d{7}),/g, "[null, $1,"],
  ["a count before the pay", /(&quot;, 1,)/g, "$1 40,"],
  ["a rating before the pay", /(&quot;, 1,)/g, "$1 4.2,"],
  ["the pay taken out", /(&quot;, 1,) (?:&quot;[$\d.]+&quot;|null),/g, "$1"],
])("arrays with %s give no wrong pay", (_what, from, to) => {
  for (const fixture of ["appen/listing", "appen/listing_other_place"]) {
    const site = siteOf(fixture);
    const html = site.html.replace(from, to);
    expectNothingFalse(toldOf(fixture, { ...site, html }), expectedOf(fixture));
  }
});

/** Pages whose rows find a record of the site's own data by a key. */
const KEYED = fixtures().flatMap((fixture) => {
  const { pack, url, root, replies } = sightOfFixture(fixture);
  const page = pageOf(pack, url, root, replies);
  const { rows = null, records = null } = page?.listing ?? {};
  const isRead = Array.isArray(expectedOf(fixture).reading);
  return isRead && rows !== null && records?.tie === "key" ? [[fixture, rows, records] as const] : [];
});

describe.each(KEYED)("%s", (fixture, rows, { key }) => {
  test("with records and without rows is a changed site", () => {
    const sight = sightOfFixture(fixture);
    for (const row of Array.from(sight.root.querySelectorAll(rows))) row.remove();
    expect(told(sight).reading).toEqual({ unfit: "records without rows" });
  });

  test("with rows and without their records is a changed site", () => {
    const site = siteOf(fixture);
    const lost = (text: string): string =>
      text.replaceAll(`"${key}":`, '"other":').replaceAll(`&quot;${key}&quot;:`, "&quot;other&quot;:");
    const html = key === "0" ? site.html.replace(/data-tasks="[^"]*"/, 'data-tasks="[]"') : lost(site.html);
    const { reading } = toldOf(fixture, { html, replies: lost(site.replies) });
    expect(reading).toMatchObject({ unfit: expect.any(String) as string });
  });
});

test("the packs of three sites tie rows to records by a key", () => {
  expect(new Set(KEYED.map(([fixture]) => slugOf(fixture)))).toEqual(
    new Set(["appen", "dataannotation", "prolific"]),
  );
});

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
