import { expect, test } from "vitest";
import type { Pack, Page } from "../../../../extension/src/generated/contract";
import { isPath, packAt, pageOf } from "../../../../extension/src/core/packs/match";
import { documentOf } from "../page/fixture";

const BASE = {
  ...{ query: [], present: null, texts: [], replies: [], opens: null, overhead: null },
  ...{ listing: null, work: null, held: null, status: null, statement: null },
};
const page = (name: string, given: Partial<Page>): Page => ({ ...BASE, name, paths: ["/"], ...given });
const pack = (hosts: string[], pages: Page[] = []): Pack => ({
  slug: "site",
  name: "Site",
  version: 1,
  seen_on: "2026-01-01",
  status: "experimental",
  currency: null,
  hosts,
  shows_clients: false,
  sources: [],
  closed_on: null,
  holds: "many",
  attempt_is: "attempt",
  tap: false,
  replies: [],
  exports: [],
  pages,
  signals: [],
});

test("a pack is found by its host, on any port, and by no other", () => {
  const packs = [pack(["https://a.example/*"]), pack(["http://127.0.0.1/*"])];
  expect(packAt(packs, new URL("https://a.example/x"))).toBe(packs[0]);
  expect(packAt(packs, new URL("http://127.0.0.1:8321/x"))).toBe(packs[1]);
  expect(packAt(packs, new URL("https://127.0.0.1/"))).toBeNull();
  expect(packAt(packs, new URL("https://evil.a.example/"))).toBeNull();
  expect(packAt(packs, new URL("https://a.example.evil/"))).toBeNull();
});

test("the first page that fits path, query and presence is taken", () => {
  const site = pack(
    ["https://a.example/*"],
    [
      page("claimed", { paths: ["/p/*/t/*"], query: ["id"] }),
      page("open", { paths: ["/p/*"], present: "#open" }),
      page("seen", { paths: ["/p/*", "/"] }),
    ],
  );
  const found = (path: string, html = "") =>
    pageOf(site, new URL(path, "https://a.example"), documentOf(`<body>${html}</body>`))?.name;
  expect(found("/p/1/t/2?id=3")).toBe("claimed");
  expect(found("/p/1/t/2")).toBeUndefined();
  expect(found("/p/1", '<i id="open"></i>')).toBe("open");
  expect(found("/p/1/")).toBe("seen");
  expect(found("/p")).toBeUndefined();
  expect(found("/")).toBe("seen");
});

test("a path of a reply may have any number of segments in one place", () => {
  expect(isPath("/api/**/submit", "/api/a/b/submit")).toBe(true);
  expect(isPath("/api/**/submit", "/api/submit")).toBe(true);
  expect(isPath("/api/**/submit", "/api/a/submit/later")).toBe(false);
  expect(isPath("/api/**/submit", "/other/a/submit")).toBe(false);
  expect(isPath("/api/**", "/")).toBe(false);
});
