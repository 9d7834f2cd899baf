/** A report of a page's shape tells how it is built, and nothing that stands on it. */

import { describe, expect, test } from "vitest";
import { pageOf } from "../../../../extension/src/core/packs/match";
import { keysOf } from "../../../../extension/src/core/shape/keys";
import { plainName } from "../../../../extension/src/core/shape/names";
import { reportOf } from "../../../../extension/src/core/shape/report";
import { MAX_SHAPE_LETTERS } from "../../../../extension/src/generated/contract";
import { treeOf } from "../../../../extension/src/core/shape/tree";
import { documentOf, expectedOf, fixtures, sightOfFixture } from "../page/fixture";

describe("a name keeps its words and loses the rest", () => {
  test.each([
    ["project-name-column", "project-name-column"],
    ["hitSetTable", "hitSetTable"],
    ["jsawesome", "jsawesome"],
    ["btn-cf-blue", "btn-cf-blue"],
    ["study-65a000000000000000000001", "study-*"],
    ["css-1ab2c3d", "css-*"],
    ["data-v-3f2a91c0", "data-v-*"],
    ["sc-kXyZqWb", "sc-*"],
    ["project-card-A1B2C3D4E5", "project-card-*"],
    ["Button_root__x9Kf2", "Button_root__*"],
    ["3EXAMPLEASSIGN0000000000000001", "*"],
    ["maria@example.org", "*"],
    ["qzxvkjtr", "*"],
    ["averylongwordthatisnowordatall", "*"],
    ["dashboardMerchTargeting", "dashboardMerchTargeting"],
    ["a1-b2-c3", "*"],
    ["", ""],
  ])("%j is told as %j", (name, told) => expect(plainName(name)).toBe(told));
});

test("JSON is told as its keys and the kinds of its values", () => {
  const value = { id: 7, rows: [{ title: "Secret words", pay: null }, { title: "Other" }], ok: true };
  expect(keysOf(value)).toBe(
    "{id: number, rows: [{title: text, pay: nothing} or {title: text}], ok: yes or no}",
  );
  expect(keysOf({ A0EXAMPLE01: { name: "x" }, B7EXAMPLE02: { name: "y" } })).toBe("{*: {name: text}}");
});

test("rows of one shape are told once", () => {
  const root = documentOf(
    "<ul><li class='row'><b>A</b></li><li class='row'><b>B</b></li><li class='row'><b>C</b></li></ul>",
  );
  const list = root.querySelector("ul") as Element;
  expect(treeOf(list)).toEqual(["ul", " li.row", "  b text", " (and more of these)"]);
});

/** A number from 0 to 1, the same in every run. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const SYLLABLES = [
  "ma",
  "ri",
  "so",
  "len",
  "ta",
  "vor",
  "ek",
  "ul",
  "dra",
  "fin",
  "@",
  "9",
  "-",
  "Ω",
  "ñ",
  "/",
];
const CLASSES = ["row", "title-cell", "css-k3j9x1", "payColumn", "sc-aXbYcZ"];
const TAGS = ["div", "span", "li", "a", "p", "task-row"];

/** A page whose every text, attribute and JSON value is a secret; and the secrets. */
function secretPage(seed: number): { html: string; secrets: string[] } {
  const next = chance(seed);
  const pick = (words: readonly string[]): string => words[Math.floor(next() * words.length)] ?? "";
  const secrets: string[] = [];
  const secret = (): string => {
    const words = Array.from({ length: 4 + Math.floor(next() * 4) }, () => pick(SYLLABLES)).join("");
    secrets.push(words);
    return words;
  };
  const json = (depth: number): unknown => {
    if (depth > 2) return next() < 0.5 ? secret() : Math.floor(next() * 1e9);
    return { title: secret(), rows: [json(depth + 1)], [`A0${Math.floor(next() * 1e9)}`]: json(depth + 1) };
  };
  const attributes = (): string => {
    const props = JSON.stringify(json(1)).replaceAll('"', "&quot;");
    const kinds = [
      `title="${secret()}"`,
      `id="${secret()}"`,
      `data-id="${secret()}"`,
      `data-props="${props}"`,
      `href="/${secret()}"`,
    ];
    return `class="${pick(CLASSES)} ${pick(CLASSES)}" ${pick(kinds)}`;
  };
  const element = (depth: number): string => {
    const tag = pick(TAGS);
    const inner =
      depth > 3
        ? secret()
        : Array.from({ length: 1 + Math.floor(next() * 3) }, () => element(depth + 1)).join(secret());
    return `<${tag} ${attributes()}>${inner}</${tag}>`;
  };
  return { html: `<html><body>${element(0)}<script>${secret()}</script></body></html>`, secrets };
}

const PRACTICE = sightOfFixture("practice/listing");
const [LISTING] = PRACTICE.pack.pages;

test("no text and no value of a page leaks, on three hundred made-up pages", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const { html, secrets } = secretPage(seed);
    if (!LISTING) throw new Error("no page");
    const report = reportOf({ ...PRACTICE, root: documentOf(html) }, LISTING, "titles cannot be read");
    expect(secrets.filter((secret) => secret.length > 3 && report.includes(secret))).toEqual([]);
    expect(report).not.toMatch(/\d{4}|k3j9x1|aXbYcZ/);
    expect(report.length).toBeLessThanOrEqual(MAX_SHAPE_LETTERS);
  }
}, 60_000);

/** Words of a page that its shape may share by chance: names of tags, classes, attributes, keys. */
function namesIn(root: Document): Set<string> {
  const elements = Array.from(root.querySelectorAll("*"));
  const names = elements.flatMap((one) => [
    one.tagName.toLowerCase(),
    ...Array.from(one.classList),
    ...Array.from(one.attributes, ({ name }) => name),
  ]);
  return new Set(names.flatMap((name) => name.split(/[^\p{L}\d]+/u)));
}

test.each(fixtures())("a report of %s holds nothing that stands on it", (fixture) => {
  const sight = sightOfFixture(fixture);
  const page = pageOf(sight.pack, sight.url, sight.root, sight.replies) ?? sight.pack.pages[0];
  if (!page) throw new Error("no page");
  const report = reportOf(sight, page, "the list is gone");
  const [, tree = ""] = report.split("The page:");
  const names = namesIn(sight.root);
  const said = JSON.stringify([expectedOf(fixture).reading, expectedOf(fixture).held ?? null]);
  const values = said.match(/"(?:title|name|id|attempt)":"[^"]+"/g) ?? [];
  for (const value of values.map((one) => one.split('":"')[1]?.slice(0, -1) ?? "")) {
    if (value !== "" && !names.has(value)) expect(tree).not.toContain(value);
  }
  const texts = Array.from(
    sight.root.querySelectorAll("h1, h3, p, button, td, a"),
    (one) => one.textContent ?? "",
  );
  for (const text of texts) if (text.trim().includes(" ")) expect(tree).not.toContain(text.trim());
});

test("a report says what the pack looks for and does not find", () => {
  const root = documentOf("<html><body><ul id='listing'><li class='job'>x</li></ul></body></html>");
  if (!LISTING) throw new Error("no page");
  const report = reportOf({ ...PRACTICE, root }, LISTING, "titles cannot be read");
  expect(report).toContain("#listing > li.task: 0");
  expect(report).toContain("#listing: 1");
  expect(report).toContain("Why: titles cannot be read.");
});

/** The golden files, which the Python tests read too; after a wanted change: `npx vitest run report -u`. */
test.each(["prolific/heard", "dataannotation/listing_text_pay", "crowdgen/projects"])(
  "the report of %s is as its golden file says",
  async (fixture) => {
    const sight = sightOfFixture(fixture);
    const page = pageOf(sight.pack, sight.url, sight.root, sight.replies);
    if (page === null) throw new Error("no page");
    const file = `../../../fixtures/shapes/${fixture.replace("/", "_")}.txt`;
    await expect(reportOf(sight, page, "pay cannot be read")).toMatchFileSnapshot(file);
  },
);

test("test ids are told as names, without ids of rows", () => {
  const root = documentOf('<li data-testid="study-65a000000000000000000001" data-id="7"><b data-testid="study-tag-reward">£1</b></li>');
  expect(treeOf(root.querySelector("li") as Element)).toEqual([
    "li[data-testid=study-* data-id]",
    " b[data-testid=study-tag-reward] text",
  ]);
});

test("no report of a fixture holds what the server takes for a value", () => {
  for (const fixture of fixtures()) {
    const sight = sightOfFixture(fixture);
    const page = pageOf(sight.pack, sight.url, sight.root, sight.replies);
    if (page !== null) expect(reportOf(sight, page, "why")).not.toMatch(/\d{4}|[@$£€]|[^\x20-\x7e\n…]/);
  }
});

test("of a reply of which only the shape was heard, the shape is told", () => {
  const sight = sightOfFixture("crowdgen/projects", undefined, new Map([["available", { shape: "[{id: number}]" }]]));
  const [page] = sight.pack.pages;
  if (page !== undefined) expect(reportOf(sight, page, "why")).toContain("available = [{id: number}]");
});
