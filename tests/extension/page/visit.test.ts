/** A visit tells what is new, once; gives a page time to be drawn; and reports a changed site instead of reading it. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PageMessage } from "../../../extension/src/messages";
import { pageOf } from "../../../extension/src/page/match";
import type { Row } from "../../../extension/src/page/reader";
import { PATIENCE_MS, type Visit, visit } from "../../../extension/src/page/visit";
import { expectedOf, htmlOf, packNamed, sightOf } from "./fixture";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Staged {
  root: Document;
  visit: Visit;
  told: PageMessage[];
  rows: Row[][];
  end: AbortController;
}

function stage(fixture: string, isStale = false, html = htmlOf(fixture)): Staged {
  const pack = packNamed(fixture.split("/")[0] ?? "");
  const sight = sightOf(html, expectedOf(fixture).url, pack);
  const page = pageOf(pack, sight.url, sight.root);
  if (!page) throw new Error("no page");
  const told: PageMessage[] = [];
  const rows: Row[][] = [];
  const end = new AbortController();
  const made = visit({
    sight,
    page,
    tell: (message) => told.push(message),
    listed: (_, listed) => rows.push([...listed]),
    isStale,
    signal: end.signal,
  });
  made.look(new Set());
  return { root: sight.root, visit: made, told, rows, end };
}

const kinds = (told: PageMessage[]): string[] => told.map((message) => message.kind);

test("a claim is told once, and again when the page tells more of the task", () => {
  const { root, visit, told } = stage("practice/working");
  visit.look(new Set());
  expect(kinds(told)).toEqual(["claimed"]);
  expect(told[0]).toMatchObject({ attempt: "a-7f3c", elapsed_seconds: 12, works: "here" });
  const reward = root.querySelector(".reward");
  if (reward) reward.textContent = "$3.00";
  visit.look(new Set());
  expect(kinds(told)).toEqual(["claimed", "claimed"]);
});

test("time on a claimed task is for the task until it ends", () => {
  const { root, visit, told } = stage("mturk/working");
  expect(visit.subject()).toEqual({
    kind: "task",
    platform: "mturk",
    attempt: "3EXAMPLEASSIGN0000000000000001",
  });
  visit.sent(root.querySelector("form") as Element);
  expect(told[1]).toMatchObject({
    kind: "ended",
    ending: "returned",
    attempt: "3EXAMPLEASSIGN0000000000000001",
  });
  expect(visit.subject()).toEqual({ kind: "none" });
});

test("time on a listing is overhead, and its rows are handed on", () => {
  const { visit, rows } = stage("prolific/listing");
  expect(visit.subject()).toEqual({ kind: "overhead", platform: "prolific", overhead: "search" });
  expect(rows[0]).toHaveLength(6);
});

test("a listing is read again for a change in it, and not for one beside it", () => {
  const { root, visit, rows } = stage("practice/listing");
  visit.look(new Set([root.querySelector("header") as Element]));
  expect(rows).toHaveLength(1);
  visit.look(new Set([root.querySelector("li .reward") as Element]));
  visit.look(new Set([root.querySelector("#listing") as Element]));
  expect(rows).toHaveLength(3);
});

test("a page that is drawn late is no changed site", () => {
  const { root, visit, told, rows } = stage("practice/listing", false, "<html><body></body></html>");
  vi.advanceTimersByTime(PATIENCE_MS - 1);
  root.body.innerHTML = htmlOf("practice/listing").replace(/[\s\S]*<body>|<\/body>[\s\S]*/g, "");
  visit.look(new Set());
  vi.advanceTimersByTime(PATIENCE_MS * 2);
  expect(told).toEqual([]);
  expect(rows.at(-1)).toHaveLength(5);
});

test("a changed site is reported once and left alone", () => {
  const html = htmlOf("practice/listing").replaceAll('class="reward"', 'class="pay"');
  const { visit, told, rows } = stage("practice/listing", false, html);
  expect(rows).toEqual([[]]);
  vi.advanceTimersByTime(PATIENCE_MS);
  visit.look(new Set());
  vi.advanceTimersByTime(PATIENCE_MS * 5);
  const unfit = { kind: "unfit", platform: "practice", page: "listing", reason: "pay cannot be read" };
  expect(told).toEqual([unfit]);
});

test("later outcomes are told when they change", () => {
  const { root, visit, told } = stage("practice/status");
  visit.look(new Set());
  expect(kinds(told)).toEqual(["outcomes"]);
  root.querySelector("[data-outcome=submitted]")?.setAttribute("data-outcome", "approved");
  visit.look(new Set());
  expect(kinds(told)).toEqual(["outcomes", "outcomes"]);
});

test("an end is told before a new claim on the same page", () => {
  const alert = '<div class="mturk-alert-content"><h3>HIT Submitted</h3></div>';
  const { told } = stage("mturk/working", false, htmlOf("mturk/working").replace("<main>", `<main>${alert}`));
  expect(kinds(told)).toEqual(["ended", "claimed"]);
});

test("an old alert on a page loaded again ends nothing", () => {
  const { visit, told } = stage("mturk/submitted", true);
  vi.advanceTimersByTime(60_000);
  visit.look(new Set());
  expect(told).toEqual([]);
});

test("an end that names its attempt is told on a page loaded again too", () => {
  expect(kinds(stage("practice/submitted", true).told)).toEqual(["ended"]);
});

test("a sign that must last is told only when it has", () => {
  const flicker = stage("prolific/study");
  flicker.root.querySelector("[data-testid=reserve]")?.remove();
  flicker.visit.look(new Set());
  const steady = stage("prolific/study");
  expect(steady.told).toEqual([]);
  vi.advanceTimersByTime(4_000);
  expect(flicker.told).toEqual([]);
  expect(steady.told).toMatchObject([
    { kind: "ended", ending: "returned", attempt: "65a000000000000000000001" },
  ]);
});

test("nothing is told once the visit is over", () => {
  const { visit, told, end } = stage("prolific/study");
  end.abort();
  visit.look(new Set());
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual([]);
});
