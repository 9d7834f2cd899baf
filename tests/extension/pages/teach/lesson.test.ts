import { parseHTML } from "linkedom";
import { beforeEach, describe, expect, test } from "vitest";
import { hostOf, pathOf, slugOf, taughtSlug } from "../../../../extension/src/core/teach/address";
import { begun, type Teaching, STEPS, UNASKED } from "../../../../extension/src/core/teach/draft";
import { flaw } from "../../../../extension/src/core/teach/keep";
import { type Lesson, lesson } from "../../../../extension/src/pages/teach/lesson";
import { packOfTaught } from "../../../../extension/src/core/teach/pack";
import { namesOf } from "../../../../extension/src/pages/teach/selectors";
import { tomlOf } from "../../../../extension/src/pages/options/toml";

const HOST = "https://jobs.example/*";

/** Cards as a build tool writes them: `tail` is another at every load. */
function cards(tail: string, pays = ["$1.50", "$0.80", "$12.00"]): Document {
  const card = (pay: string, place: number): string => `
    <div class="css-${tail}${place} Card_root__${tail}">
      <a class="${tail}x" href="/jobs/${place}51">Task ${"abc"[place]}</a>
      <div class="sc-${tail}"><span class="Card_by__${tail}">Client ${place}</span></div>
      <p>Reward: <b>${pay}</b></p>
    </div>`;
  const html = `<html><body><nav><a href="/help">Help</a></nav><main><h1>Jobs</h1><section>${pays.map(card).join("")}</section></main></body></html>`;
  const { document } = parseHTML(html);
  Object.defineProperty(document, "location", { value: { href: "https://jobs.example/jobs" } });
  return document as unknown as Document;
}

let taught: Teaching;
let course: Lesson;

function begin(root: Document): void {
  taught = begun(HOST);
  course = lesson(root, taught, (now) => {
    taught = now;
  });
}

function point(root: Document, selector: string): void {
  const element = root.querySelector(selector);
  if (element === null) throw new Error(`no ${selector}`);
  course.pick(element);
}

describe("a list", () => {
  const root = cards("k3x9");
  beforeEach(() => begin(root));

  test("is found from a click anywhere in one of its rows, and read again after a rebuild", () => {
    point(root, "main section > div:nth-child(2) span");
    expect(course.rows().length).toBe(3);
    course.next();
    point(root, "main section > div:nth-child(2) a");
    course.next();
    point(root, "main section > div:nth-child(3) b");
    course.next();
    point(root, "main section > div:nth-child(1) span");
    expect(course.doubt()).toBeNull();
    const told = (of: Document) =>
      lesson(of, taught, () => undefined)
        .readings()
        .tasks.map((task) => [task?.task.title, task?.client?.name, task?.reward?.micros]);
    const expected = [
      ["Task a", "Client 0", 1_500_000],
      ["Task b", "Client 1", 800_000],
      ["Task c", "Client 2", 12_000_000],
    ];
    expect(told(root)).toEqual(expected);
    expect(told(cards("Qz7Wv"))).toEqual(expected);
    expect(JSON.stringify(taught)).not.toMatch(/k3x9|css-|sc-|__/);
  });

  test("takes no pay where there is no money, and says so", () => {
    point(root, "section > div a");
    course.next();
    point(root, "section > div a");
    course.next();
    point(root, "section > div span");
    expect([course.doubt(), course.isReady()]).toEqual(["no_money", false]);
    point(root, "nav a");
    expect(course.doubt()).toBe("outside_rows");
    expect(flaw(taught.draft)).toBe("teach_doubt_no_money");
  });

  test("whose every row says the same where its title should be is not kept", () => {
    point(root, "section > div a");
    course.next();
    for (const link of Array.from(root.querySelectorAll("section a")))
      link.setAttribute("data-was", link.textContent ?? "");
    const texts = Array.from(root.querySelectorAll("section a"), (link) => link.textContent);
    for (const link of Array.from(root.querySelectorAll("section a"))) link.textContent = "Start";
    point(root, "section > div a");
    course.next();
    point(root, "section > div b");
    expect(course.readings().unfit).toBe("same_everywhere");
    for (const [place, link] of Array.from(root.querySelectorAll("section a")).entries())
      link.textContent = texts[place] ?? "";
  });

  test("is made larger and smaller by the worker", () => {
    point(root, "section > div:nth-child(1) span");
    const row = course.picked();
    course.resize(1);
    expect(course.picked()?.contains(row)).toBe(true);
    course.resize(-1);
    expect(course.picked()).toBe(row);
  });
});

test("bare numbers are pay once the worker says in what", () => {
  const root = cards("k3x9", ["1,20", "0,35", "2,40"]);
  begin(root);
  point(root, "section > div a");
  for (const part of ["a", "b"]) {
    course.next();
    point(root, `section > div ${part}`);
  }
  expect(course.readings().unfit).toBe("needs_currency");
  course.change({ currency: "EUR", decimal: "," });
  expect(course.readings().tasks[0]?.reward).toEqual({ micros: 1_200_000, currency: "EUR" });
});

test("an address is taught by its host and by the parts of its path that stay", () => {
  expect(hostOf("https://jobs.example/a?b#c")).toBe(HOST);
  expect(hostOf("http://127.0.0.1:8000/practice")).toBe("http://127.0.0.1/*");
  expect([hostOf("http://jobs.example/"), hostOf("chrome://extensions/"), hostOf("no")]).toEqual([
    null,
    null,
    null,
  ]);
  expect(pathOf("https://jobs.example/jobs/8812/work?x=1")).toBe("/jobs/*/work");
  expect(pathOf("https://jobs.example/en/tasks/65a000000000000000000001")).toBe("/en/tasks/*");
  expect(pathOf("https://jobs.example/")).toBe("/");
  expect(taughtSlug("https://www.jobs-for-you.example/*")).toBe("taught_jobs_for_you_example");
  expect([slugOf("taught_jobs_example"), slugOf("taught_1_jobs")]).toEqual(["jobs_example", "site_1_jobs"]);
});

test("an element is called by what lasts, never by a hashed class", () => {
  const { document } = parseHTML(`<html><body>
    <div id="r1a2" class="css-1ab px-4 task-row" data-testid="task-8812" data-v-1a2b role="listitem"></div></body></html>`);
  const names = namesOf(document.querySelector("div") as unknown as Element);
  expect(names.slice(0, 3)).toEqual(['div[data-testid^="task-"]', 'div[role="listitem"]', "div.task-row"]);
  expect(names.join(" ")).not.toMatch(/css-|px-4|r1a2|data-v/);
});

test("the file leaves out what says nothing, and quotes what must be quoted", () => {
  const spot = (at: string) => ({ at, before: "Reward:", after: "" });
  const list = { path: "/jobs", rows: 'li[data-x="1"]', container: "ul", skip: 0, claim: null, client: null };
  const draft = { ...begun(HOST).draft, list: { ...list, title: spot("a"), pay: spot("b") } };
  const text = tomlOf(
    packOfTaught({ slug: "taught_jobs_example", version: 2, seen_on: "2026-11-23", draft }),
  );
  expect(text).toContain('slug = "jobs_example"');
  expect(text).toContain("seen_on = 2026-11-23");
  expect(text).toContain('rows = "li[data-x=\\"1\\"]"');
  expect(text).toContain('reward = { at = "b", after = "Reward:", parse = "money_text" }');
  expect(text).not.toMatch(/null|= false\nreplies|signals|skip/);
});

test("presses are caught in every step but the one that leaves the page to the worker, and mean nothing where none is asked for", () => {
  const root = cards("k3x9");
  for (const step of STEPS) {
    const teaching = { ...begun(HOST), step };
    const kept: Teaching[] = [];
    const course = lesson(root, teaching, (now) => kept.push(now));
    expect(course.isCatching()).toBe(step !== "go");
    if (!UNASKED.has(step)) continue;
    course.pick(root.querySelector("section > div b") as Element);
    expect([kept, course.doubt(), course.teaching()]).toEqual([[], null, teaching]);
  }
});
