/** What no fixture shows: records found by key, several states of a list. */

import { expect, test } from "vitest";
import type { Field, Listing, Records } from "../../../../extension/src/generated/contract";
import { findRows, readListing } from "../../../../extension/src/core/page/reader";
import { packNamed, sightOf } from "./fixture";

const BASE = packNamed("prolific").pages.find(({ name }) => name === "listing")?.listing as Listing;
const FIELD = BASE.task.title as Field;
const URL_OF_LIST = "https://app.prolific.com/studies";

const KEYED: Listing = {
  ...BASE,
  rows: "li",
  list: "ul",
  records: {
    at: "#data",
    attribute: "data-props",
    reply: null,
    path: "jobs",
    more: [],
    tie: "key",
    key: "id",
    row_key: { ...FIELD, at: null, attribute: "id", after: "job-" },
    confirm: null,
  },
  task: {
    ...BASE.task,
    title: { ...FIELD, at: null, json: "name" },
    reward: { ...FIELD, at: null, json: "cents", parse: "money_minor", currency_json: "currency" },
    client_name: null,
    task_id: { ...FIELD, at: null, json: "id" },
    estimate_seconds: null,
  },
};

function read(jobs: unknown, rows: string): unknown {
  const props = JSON.stringify({ jobs }).replaceAll('"', "&quot;");
  const html = `<html><body><div id="data" data-props="${props}"></div><ul>${rows}</ul></body></html>`;
  const got = readListing(sightOf(html, URL_OF_LIST, packNamed("prolific")), KEYED);
  return "unfit" in got ? got : got.map(({ task }) => [task.task.id, task.task.title, task.reward?.micros]);
}

const JOBS = [
  { id: 7, name: "Seven", cents: 35, currency: "GBP" },
  { id: 8, name: "Eight", cents: 120, currency: "USD" },
];

test("rows find their records by key, in whatever order and number", () => {
  const rows = '<li id="job-8"></li><li id="job-7"></li>';
  const expected = [
    ["8", "Eight", 1_200_000],
    ["7", "Seven", 350_000],
  ];
  expect(read(JOBS, rows)).toEqual(expected);
  expect(read([...JOBS, { id: 9, name: "Nine" }], rows)).toEqual(expected);
});

test("a row without a record, or with two that differ, is left out", () => {
  const nine = { id: 9, name: "Nine", cents: 50, currency: "GBP" };
  const rows = '<li id="job-7"></li><li id="job-8"></li><li id="job-9"></li>';
  expect(read(JOBS, '<li id="job-8"></li><li id="job-1"></li>')).toEqual([["8", "Eight", 1_200_000]]);
  expect(read([...JOBS, nine, { ...JOBS[0], cents: 1 }], rows)).toEqual([
    ["8", "Eight", 1_200_000],
    ["9", "Nine", 500_000],
  ]);
});

test("a record that is told twice is one record", () => {
  const rows = '<li id="job-7"></li><li id="job-8"></li>';
  expect(read([...JOBS, JOBS[0]], rows)).toHaveLength(2);
});

test.each([
  ["no row", ""],
  ["rows of other things", '<li id="job-1"></li><li id="job-2"></li>'],
  ["fewer than half of the rows", '<li id="job-7"></li>'],
])("records of the page with %s mean a changed site", (_what, rows) => {
  const more = { id: 9, name: "Nine", cents: 50, currency: "GBP" };
  expect(read([...JOBS, more], rows)).toEqual({ unfit: "records without rows" });
});

test("another open tab of the list hides its rows, and no site has changed", () => {
  const tab = (isOpen: boolean): string => `<b role="tab" aria-selected="${isOpen}"></b>`;
  expect(read(JOBS, tab(false) + tab(true))).toEqual([]);
  expect(read(JOBS, tab(true) + tab(false))).toEqual({ unfit: "records without rows" });
});

test("a link in the site's navigation is no row", () => {
  const rows = '<nav><li id="job-7"></li></nav><li id="job-8"></li>';
  expect(read(JOBS, rows)).toEqual({ unfit: "links are not rows" });
});

test("an empty list is no changed site, a lost one is", () => {
  expect(read([], "")).toEqual([]);
  expect(read("gone", "<li></li>")).toEqual({ unfit: "the records are gone" });
  const bare = sightOf("<html><body></body></html>", URL_OF_LIST, packNamed("prolific"));
  expect(readListing(bare, { ...KEYED, records: null })).toEqual({ unfit: "the list is gone" });
  expect(readListing(bare, { ...KEYED, records: null, list: null })).toEqual([]);
});

test("a thousand rows are tied to their records with one read of each key", () => {
  let reads = 0;
  const jobs = Array.from({ length: 1000 }, (_, place) => ({
    get id() {
      reads += 1;
      return place;
    },
    name: `Job ${place}`,
    cents: 35,
    currency: "GBP",
  }));
  const rows = jobs.map((_, place) => `<li id="job-${999 - place}"></li>`).join("");
  const sight = sightOf(`<html><body><ul>${rows}</ul></body></html>`, URL_OF_LIST, packNamed("prolific"));
  const replies = { get: (name: string) => (name === "jobs" ? { jobs } : undefined) };
  const records = { ...(KEYED.records as Records), at: null, attribute: null, reply: "jobs" };
  const found = findRows({ ...sight, replies }, { ...KEYED, records, task: { ...KEYED.task, task_id: null } });
  if ("unfit" in found) throw new Error(found.unfit);
  expect(found.slice(0, 2).map(({ record }) => (record as { name: string }).name)).toEqual(["Job 999", "Job 998"]);
  expect(reads).toBe(1000);
});

const PLAIN: Listing = { ...KEYED, records: null, task: { ...KEYED.task, title: { ...FIELD, at: "b", json: null }, reward: { ...FIELD, at: "i", json: null, parse: "money_text" }, task_id: null } };
const plain = (body: string) => sightOf(`<html><body>${body}</body></html>`, URL_OF_LIST, packNamed("prolific"));

test("rows whose pay is hidden are read beside one that shows it; a list that shows none at all changed", () => {
  const row = (title: string, pay: string) => `<li><b>${title}</b><i>${pay}</i></li>`;
  const rows = ["A", "B", "C"].map((title) => row(title, "")).join("");
  const got = readListing(plain(`<ul>${rows}${row("D", "£2.00")}</ul>`), PLAIN);
  if ("unfit" in got) throw new Error(got.unfit);
  expect(got.map(({ task }) => task.reward?.micros ?? null)).toEqual([null, null, null, 2_000_000]);
  expect(readListing(plain(`<ul>${rows}</ul>`), PLAIN)).toEqual({ unfit: "pay cannot be read" });
});

test("a list in a shadow root or in a frame of the same site is read", () => {
  const rows = "<ul><li><b>A</b><i>£2.00</i></li></ul>";
  const titles = (sight: ReturnType<typeof plain>): string[] => {
    const got = readListing(sight, PLAIN);
    if ("unfit" in got) throw new Error(got.unfit);
    return got.map(({ task }) => task.task.title);
  };
  const sight = plain("<x-list></x-list>");
  const host = sight.root.querySelector("x-list") as Element;
  const shadow = Object.defineProperties(plain(rows).root, {
    nodeType: { value: 11 },
    isConnected: { value: true },
  });
  Object.defineProperty(host, "shadowRoot", { value: shadow });
  expect(titles(sight)).toEqual(["A"]);
  const framed = plain("<p></p><iframe></iframe>");
  const frame = framed.root.querySelector("iframe") as Element;
  Object.defineProperty(frame, "contentDocument", { value: plain(rows).root, configurable: true });
  expect(titles(framed)).toEqual(["A"]);
  Object.defineProperty(frame, "contentDocument", { value: null }); // another site's
  const other = plain("<p></p><iframe></iframe>");
  expect(readListing(other, PLAIN)).toEqual({ unfit: "the list is gone" });
});
