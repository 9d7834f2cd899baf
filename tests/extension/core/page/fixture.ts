/** Fixture pages as the reader sees them: a parsed document, its address and the pack of its folder. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseHTML } from "linkedom";
import type { Listing, Pack, Page } from "../../../../extension/src/generated/contract";
import listed from "../../../../extension/src/generated/packs.json";
import { readLeft } from "../../../../extension/src/core/page/left";
import { pageOf } from "../../../../extension/src/core/packs/match";
import {
  findRows,
  readHeld,
  readListing,
  readRow,
  readStatus,
  readWork,
  type Sight,
} from "../../../../extension/src/core/page/reader";
import { readStatement } from "../../../../extension/src/core/page/statement";
import { endsShown } from "../../../../extension/src/core/page/signals";

export const PAGES = fileURLToPath(new URL("../../../fixtures/pages/", import.meta.url));
export const PACKS = listed as unknown as Pack[];

/** What stands beside a fixture page. */
export interface Expected {
  url: string;
  /** What the page's own requests were answered, by the reply's name: a file beside it. */
  replies?: Record<string, string>;
  /** The clock, where the page tells instants. */
  now?: string;
  /** Null: the page is none that the pack knows. */
  page: string | null;
  reading: unknown;
  /** Open attempts that the page lists. */
  held?: unknown;
  /** By title, how many are left; only where the pack says where that stands. */
  left?: unknown;
  /** The site's own totals; only where the pack says where those stand. */
  statement?: unknown;
  ends: unknown[];
}

/** Every fixture page with expected readings, as "folder/name". */
export function fixtures(): string[] {
  const folders = readdirSync(PAGES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.flatMap(({ name }) =>
    readdirSync(`${PAGES}${name}`)
      .filter((file) => file.endsWith(".expected.json"))
      .map((file) => `${name}/${file.replace(".expected.json", "")}`)
      .sort(),
  );
}

export function htmlOf(fixture: string): string {
  return readFileSync(`${PAGES}${fixture}.html`, "utf8");
}

export function expectedOf(fixture: string): Expected {
  return JSON.parse(readFileSync(`${PAGES}${fixture}.expected.json`, "utf8")) as Expected;
}

export function packNamed(slug: string): Pack {
  const pack = PACKS.find((one) => one.slug === slug);
  if (!pack) throw new Error(`no pack ${slug}`);
  return pack;
}

export function documentOf(html: string): Document {
  return parseHTML(html).document as unknown as Document;
}

export function sightOf(html: string, url: string, pack: Pack): Sight {
  return { root: documentOf(html), url: new URL(url), pack };
}

/** A fixture as the reader gets it; `html` may be another than its own. */
export function sightOfFixture(fixture: string, html = htmlOf(fixture), replies = repliesOf(fixture)): Sight {
  const { url, now } = expectedOf(fixture);
  const sight = sightOf(html, url, packNamed(fixture.split("/")[0] ?? ""));
  return { ...sight, replies, ...(now === undefined ? {} : { now: () => Date.parse(now) }) };
}

/** The replies beside a fixture, as the tap would give them. */
export function repliesOf(fixture: string): Map<string, unknown> {
  const folder = fixture.split("/")[0] ?? "";
  const files = Object.entries(expectedOf(fixture).replies ?? {});
  return new Map(
    files.map(([name, file]) => [name, JSON.parse(readFileSync(`${PAGES}${folder}/${file}`, "utf8"))]),
  );
}

/** All that a page tells: which kind it is, its reading (rows without their elements) and the ends it shows. */
export function told(sight: Sight): Omit<Expected, "url" | "replies" | "now"> {
  const page = pageOf(sight.pack, sight.url, sight.root, sight.replies);
  const held = page?.held ? { held: readHeld(sight, page.held) } : {};
  return {
    page: page?.name ?? null,
    reading: page && reading(sight, page),
    ...held,
    ...(page?.statement ? { statement: readStatement(sight, page.statement) } : {}),
    ...(page?.listing?.left ? { left: leftOf(sight, page.listing) } : {}),
    ends: endsShown(sight, page),
  };
}

function leftOf(sight: Sight, listing: Listing): unknown {
  const rows = findRows(sight, listing);
  if ("unfit" in rows) return null;
  return Object.fromEntries(
    rows.flatMap((row) => {
      const task = readRow(sight, listing, row);
      return task === null ? [] : [[task.task.title, readLeft(sight, listing, row)]];
    }),
  );
}

function reading(sight: Sight, page: Page): unknown {
  if (page.work) return readWork(sight, page.work);
  if (page.status) return readStatus(sight, page.status);
  if (!page.listing) return null;
  const rows = readListing(sight, page.listing);
  return "unfit" in rows ? rows : rows.map(({ task }) => task);
}
