import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { PackUpdate } from "../../../../extension/src/generated/contract";
import { laidOver, refusal, valueAt } from "../../../../extension/src/core/packs/apply_update";
import { asListed, asUpdate } from "../../../../extension/src/core/packs/update_shape";
import { whatIn } from "../../../../extension/src/pages/options/pack_update_words";
import { practice, update } from "./update";

interface Case extends Partial<PackUpdate> {
  name: string;
  refused: string | null;
}

const cases = JSON.parse(
  readFileSync(new URL("../../../fixtures/pack_updates/cases.json", import.meta.url), "utf8"),
) as Case[];

describe("an update, as the server's own rules see it too", () => {
  test.each(cases)("$name", ({ name: _, refused, ...changes }) => {
    const found = refusal(practice, update(changes));
    const said = found && [found.reason, found.path].filter(Boolean).join(" ");
    expect(said).toBe(refused);
  });
});

test("new values stand where they belong, and everything else as it was", () => {
  const values = { "pages.listing.listing.rows": "li.job", "signals.0.attempt.at": "#sent" };
  const laid = laidOver(practice, update({ values }));
  expect(valueAt(laid, "pages.listing.listing.rows")).toBe("li.job");
  expect(laid.signals[0]?.attempt?.at).toBe("#sent");
  expect(laid.version).toBe(practice.version + 1);
  const back = laidOver(laid, {
    ...update({ version: practice.version }),
    values: Object.fromEntries(Object.keys(values).map((path) => [path, valueAt(practice, path) as string])),
  });
  expect(back).toEqual(practice);
});

test("a site that is switched off has no page to read", () => {
  expect(laidOver(practice, update({ is_off: true }))).toMatchObject({
    pages: [],
    signals: [],
    slug: "practice",
  });
});

test.each([
  ["a field too many", { ...update(), hosts: [] }],
  ["a field too few", { slug: "practice" }],
  ["a value that is an object", update({ values: { "a.at": {} as never } })],
  ["a value beyond its length", update({ values: { "a.at": "x".repeat(301) } })],
  [
    "more values than a site has",
    update({ values: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`${n}.at`, "x"])) }),
  ],
  ["a fraction", update({ values: { "a.skip": 0.5 } })],
  ["a version that is none", update({ version: 40_000 })],
  ["a day that is none", update({ published_on: "today" })],
  ["nothing", null],
])("%s is no update", (_, given) => {
  expect(asUpdate(given)).toBeNull();
});

test.each([
  [{ serial: 0, updates: [] }],
  [{ serial: 1.5, updates: [] }],
  [{ serial: 1 }],
  [{ serial: 1, updates: [], more: 1 }],
  [[]],
  [null],
])("%j is no document", (given) => {
  expect(asListed(given)).toBeNull();
});

test.each([
  ["pages.listing.listing.rows", "rows"],
  ["pages.listing.listing.task.title.at", "title"],
  ["pages.listing.listing.task.reward.parse", "pay"],
  ["pages.listing.listing.task.client_name.at", "client"],
  ["pages.working.work.task.limit_seconds.attribute", "time"],
  ["pages.status.status.outcome.attribute", "outcome"],
  ["signals.0.present", "end"],
  ["pages.listing.paths", "address"],
  ["pages.listing.present", "place"],
] as const)("%s is told as %s", (path, what) => {
  expect(whatIn(path)).toBe(what);
});
