/** Every pack against its fixture pages: what stands there is read, to the last micro. */

import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { attributesOf } from "../../../../extension/src/content/attributes";
import { packAt, pageOf } from "../../../../extension/src/core/packs/match";
import { endOfForm } from "../../../../extension/src/core/page/signals";
import {
  documentOf,
  expectedOf,
  fixtures,
  htmlOf,
  PACKS,
  PAGES,
  packNamed,
  sightOf,
  sightOfFixture,
  told,
} from "./fixture";

const slugOf = (fixture: string): string => fixture.split("/")[0] ?? "";

test.each(fixtures())("the page %s is read as expected", (fixture) => {
  const { url, replies: _replies, now: _now, ...expected } = expectedOf(fixture);
  expect(packAt(PACKS, new URL(url))?.slug).toBe(slugOf(fixture));
  expect(told(sightOfFixture(fixture))).toEqual(expected);
});

describe.each(PACKS.filter((pack) => pack.pages.length > 0))("the pack $slug", (pack) => {
  const mine = fixtures().filter((fixture) => slugOf(fixture) === pack.slug);

  test("has a fixture of every page that it reads, and of every page that is an end", () => {
    const shown = new Set(mine.map((fixture) => expectedOf(fixture).page));
    const read = pack.pages.filter(({ listing, work, held, status }) => listing ?? work ?? held ?? status);
    const ends = pack.signals.filter(
      ({ form, present, pressed, reply }) => !(form ?? present ?? pressed ?? reply),
    );
    const isUnread = pack.replies.some(({ reads }) => reads === "shape");
    expect(read.length > 0).toBe(!isUnread);
    for (const { name } of read) expect(shown).toContain(name);
    for (const { pages } of ends) for (const name of pages) expect(shown).toContain(name);
  });

  test("has selectors that a browser takes", () => {
    const nowhere = documentOf("<p></p>");
    const selectors = JSON.stringify([pack.pages, pack.signals]).matchAll(
      /"(?:at|rows|list|present|pressed|form|badge|claims|confirm)":"((?:[^"\\]|\\.)*)"/g,
    );
    for (const [, selector = ""] of selectors) expect(() => nowhere.querySelector(selector)).not.toThrow();
  });

  test("has routes to its fixture files alone", () => {
    const routes = JSON.parse(readFileSync(`${PAGES}${pack.slug}/routes.json`, "utf8")) as {
      path: string;
      file?: string;
      redirect?: string;
    }[];
    const paths = new Set(routes.filter((route) => route.file).map((route) => route.path));
    for (const route of routes) {
      if (route.file) expect(existsSync(`${PAGES}${pack.slug}/${route.file}`)).toBe(true);
      else expect(paths).toContain(route.redirect);
    }
  });
});

test("a form that gives a task back names its attempt, wherever it stands", () => {
  const pack = packNamed("mturk");
  const { url } = expectedOf("mturk/working");
  const sight = sightOf(htmlOf("mturk/working"), url, pack);
  const [form] = Array.from(sight.root.querySelectorAll("form"));
  if (!form) throw new Error("the fixture has no form");
  const end = { ending: "returned", attempt: "3EXAMPLEASSIGN0000000000000001" };
  expect(endOfForm(sight, pageOf(pack, sight.url, sight.root), form)).toEqual(end);
  form.removeAttribute("action");
  expect(endOfForm(sight, null, form)).toBeNull();
});

test("only attributes that a pack reads are watched", () => {
  expect(attributesOf(packNamed("mturk"))).toEqual(
    expect.arrayContaining(["data-react-class", "data-react-props", "value"]),
  );
  expect(attributesOf(packNamed("prolific"))).toEqual(["aria-labelledby", "data-testid"]);
});

test("no reading holds a code, a token or a secret of the page", () => {
  const everything = JSON.stringify(fixtures().map((fixture) => expectedOf(fixture).reading));
  expect(everything).not.toMatch(/EXAMPLE0\b|not-read|cc=|authenticity/);
});
