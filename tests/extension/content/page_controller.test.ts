/** A visit tells what is new, once; gives a page time to be drawn; and reports a changed site instead of reading it. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { PageMessage } from "../../../extension/src/core/messages";
import { pageOf } from "../../../extension/src/core/packs/match";
import type { Found } from "../../../extension/src/core/page/reader";
import { PATIENCE_MS, type Visit, visit } from "../../../extension/src/content/page_controller";
import { fixtures, htmlOf, repliesOf, sightOfFixture } from "../core/page/fixture";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Staged {
  root: Document;
  visit: Visit;
  told: PageMessage[];
  /** How many rows were read, as told besides. */
  captures: PageMessage[];
  rows: Found[][];
  end: AbortController;
}

function stage(fixture: string, isStale = false, html = htmlOf(fixture)): Staged {
  const sight = sightOfFixture(fixture, html);
  const page = pageOf(sight.pack, sight.url, sight.root, sight.replies);
  if (!page) throw new Error("no page");
  const told: PageMessage[] = [];
  const captures: PageMessage[] = [];
  const rows: Found[][] = [];
  const end = new AbortController();
  const made = visit({
    sight,
    page,
    tell: (message) => (message.kind === "capture" ? captures : told).push(message),
    listed: (_, listed) => rows.push([...listed]),
    isStale,
    isStraight: true,
    signal: end.signal,
  });
  made.look(new Set());
  return { root: sight.root, visit: made, told, captures, rows, end };
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

test("the last row that leaves a list is noticed", () => {
  const { root, visit, rows } = stage("prolific/listing");
  const all = rows[0] ?? [];
  const list = all[0]?.element?.parentElement as Element;
  for (const { element } of all) element?.remove();
  visit.look(new Set([list]));
  expect(rows.at(-1)).toEqual([]);
  expect(root.isConnected).toBe(true);
});

test("a changed site stays changed until it reads again", () => {
  const { visit, root } = stage("connect/listing", false, htmlOf("connect/listing").replaceAll("$", "?"));
  expect(visit.isChanged()).toBe(false);
  vi.advanceTimersByTime(PATIENCE_MS);
  expect(visit.isChanged()).toBe(true);
  expect(root.isConnected).toBe(true);
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
  expect(kinds(told)).toEqual(["outcomes", "statement"]);
  root.querySelector("[data-outcome=submitted]")?.setAttribute("data-outcome", "approved");
  visit.look(new Set());
  expect(kinds(told)).toEqual(["outcomes", "statement", "outcomes"]);
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

test("what is pressed counts once the page goes on", () => {
  const { root, visit, told, end } = stage("appen/working");
  visit.pressed(root.querySelector("input[type=submit]") as Element);
  expect(kinds(told)).toEqual(["claimed"]);
  end.abort();
  expect(told.at(-1)).toMatchObject({ kind: "ended", ending: "submitted", attempt: "8800000001" });
});

test("what is pressed on a page that stays where it is counts for nothing", () => {
  const { root, visit, told, end } = stage("appen/working");
  visit.pressed(root.querySelector("input[type=submit]") as Element);
  vi.advanceTimersByTime(61_000);
  end.abort();
  expect(kinds(told)).toEqual(["claimed"]);
});

test("pressing something else means nothing", () => {
  const { root, visit, told, end } = stage("appen/working");
  visit.pressed(root.querySelector("h1") as Element);
  end.abort();
  expect(kinds(told)).toEqual(["claimed"]);
});

test.each([
  ["done", "submitted"],
  ["skipped", "returned"],
])("the reply %j ends the attempt of this page: %s", (name, ending) => {
  const { visit, told } = stage("outlier/working");
  visit.heard(name);
  visit.heard(name);
  expect(told.slice(1)).toMatchObject([{ kind: "ended", ending, attempt: "66dd00000000000000000001" }]);
});

test("the posted task that a page shows is told, and that another page shows none", () => {
  const project = "0d000002-0000-4000-8000-000000000000";
  expect(stage("dataannotation/project").told).toMatchObject([{ kind: "opened", task: project }]);
  expect(stage("dataannotation/listing").told).toMatchObject([
    { kind: "opened", task: null },
    { kind: "held", attempts: [], gone: "submitted" },
  ]);
});

test("a task that waits in the queue is told as open, and not as worked on", () => {
  const { visit, told } = stage("mturk/queue");
  expect(told).toMatchObject([
    { kind: "held", attempts: [{ elapsed_seconds: 188 }, { elapsed_seconds: 4800 }] },
  ]);
  expect(visit.subject()).toEqual({ kind: "overhead", platform: "mturk", overhead: "watch" });
});

test.each(["mturk/captcha", "mturk/halted"])("%s is no changed site", (fixture) => {
  const { told } = stage(fixture);
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual([]);
});

describe("a page on which nothing stands where it stood", () => {
  const read = fixtures().filter((fixture) => {
    const { pack, url, root, replies } = sightOfFixture(fixture);
    const page = pageOf(pack, url, root, replies);
    return page !== null && (page.listing ?? page.work ?? page.held ?? page.status) !== null;
  });

  test.each(read)("%s tells nothing but that it changed, once, and offers its shape", (fixture) => {
    const { pack, page, told, visit, rows } = stageChanged(fixture);
    vi.advanceTimersByTime(PATIENCE_MS);
    visit.look(new Set());
    vi.advanceTimersByTime(60_000);
    const kept = kinds(told).filter((kind) => kind !== "opened");
    const { attempt = undefined, task = null } = page.work ?? {};
    const isAddressed = attempt === null || attempt?.segment != null || attempt?.query != null;
    if (isAddressed && (task?.title == null || task.title.may_be_empty)) return; // no mark of the page can break
    expect(rows.flat()).toEqual([]);
    expect(kept.filter((kind) => kind !== "unfit")).toEqual([]);
    if (kept.length === 0) return;
    expect(kept).toEqual(["unfit"]);
    expect(visit.report()).toContain(`Site: ${pack.slug}`);
  });

  test("a page that reads has no report", () => {
    expect(stage("practice/listing").visit.report()).toBeNull();
  });
});

/** The fixture's own page at first; then every element, attribute and key in it is called otherwise. */
function stageChanged(fixture: string) {
  const sight = sightOfFixture(fixture);
  const page = pageOf(sight.pack, sight.url, sight.root, sight.replies);
  if (!page) throw new Error("no page");
  for (const element of Array.from(sight.root.querySelectorAll("body *"))) {
    for (const { name, value } of Array.from(element.attributes)) {
      element.removeAttribute(name);
      element.setAttribute(`x-${name}`, value);
    }
  }
  for (const element of Array.from(sight.root.querySelectorAll("h1, h2, h3, p, li, td, label, form"))) {
    const other = sight.root.createElement("x-part");
    other.append(...Array.from(element.childNodes));
    element.replaceWith(other);
  }
  const replies = new Map(Array.from(repliesOf(fixture), ([name]) => [name, { moved: [] }]));
  const told: PageMessage[] = [];
  const rows: Found[][] = [];
  const made = visit({
    sight: { ...sight, replies },
    page,
    tell: (message) => told.push(message),
    listed: (_, listed) => rows.push([...listed]),
    isStale: false,
    isStraight: true,
    signal: new AbortController().signal,
  });
  made.look(new Set());
  return { pack: sight.pack, page, told, rows, visit: made };
}

test.each(["connect/complete", "connect/complete_code"])(
  "%s ends what was opened, and nothing of its address is told",
  (fixture) => {
    const { told } = stage(fixture);
    const ended = { kind: "ended", platform: "connect", attempt: null, ending: "submitted", of_trial: true };
    expect(told).toMatchObject([ended]);
    expect(JSON.stringify(told)).not.toMatch(/A1B2C3D4E5|EC0DE98710/);
  },
);

test("how many rows are read is told once a visit, when the page is drawn", () => {
  const { visit, captures } = stage("prolific/listing");
  visit.look(new Set());
  expect(captures).toEqual([]);
  vi.advanceTimersByTime(PATIENCE_MS);
  visit.look(new Set());
  vi.advanceTimersByTime(PATIENCE_MS);
  expect(captures).toEqual([{ kind: "capture", platform: "prolific", expected: 6, matched: 6 }]);
});

test("a page whose data list rows that are not there tells that none was read", () => {
  const gone = htmlOf("dataannotation/listing").replaceAll('href="/workers', 'href="/other');
  const { captures } = stage("dataannotation/listing", false, gone);
  vi.advanceTimersByTime(PATIENCE_MS);
  expect(captures).toEqual([{ kind: "capture", platform: "dataannotation", expected: 3, matched: 0 }]);
});
