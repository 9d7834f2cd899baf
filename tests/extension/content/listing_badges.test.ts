import { afterEach, expect, test, vi } from "vitest";
import { type Board, board, type Nearness } from "../../../extension/src/content/listing_badges";
import type { Words } from "../../../extension/src/core/badge/words";
import type { LookupAnswer } from "../../../extension/src/core/messages";
import type { Row } from "../../../extension/src/core/page/reader";
import type { TaskReading } from "../../../extension/src/model/readings";
import { documentOf } from "../core/page/fixture";

afterEach(() => void vi.useRealTimers());

const ALL: ReadonlySet<Element> = new Set();

function rowsOf(root: Document): Row[] {
  return Array.from(root.querySelectorAll("li")).map((element) => ({ element, record: undefined }));
}

function read({ element }: Row): TaskReading | null {
  const title = element.querySelector("b")?.textContent;
  return title ? ({ task: { id: null, title } } as TaskReading) : null;
}

/** A list of three rows; what is said of a task is named after it, and rows come near when told to. */
function stage(answers: (tasks: TaskReading[]) => Promise<LookupAnswer | null> = answerAll) {
  const row = (title: string): string => `<li><b>${title}</b><i class="pay"></i></li>`;
  const root = documentOf(`<html><body><ul>${["one", "two", "three"].map(row).join("")}</ul></body></html>`);
  const observed = new Set<Element>();
  let come: (rows: Element[]) => void = () => undefined;
  const near = (onNear: (rows: Element[]) => void): Nearness => {
    come = onNear;
    return {
      observe: (el) => observed.add(el),
      unobserve: (el) => observed.delete(el),
      disconnect: () => observed.clear(),
    };
  };
  const asked: string[][] = [];
  const end = new AbortController();
  const own = new WeakSet<Node>();
  let readings = 0;
  const made: Board = board({
    read: (row) => {
      readings += 1;
      return read(row);
    },
    lookup: (tasks) => {
      asked.push(tasks.map(({ task }) => task.title));
      return answers(tasks);
    },
    badge: () => {
      const host = root.createElement("span");
      const show = (words: Words): void => host.setAttribute("title", words.figure);
      return { host, show };
    },
    near,
    soon: (work) => work(),
    rows: "li",
    place: ".pay",
    own,
    signal: end.signal,
  });
  const comeNear = async (): Promise<void> => {
    come(Array.from(observed));
    await Promise.resolve();
    await Promise.resolve();
  };
  const shown = (): string[] => Array.from(root.querySelectorAll("span")).map((host) => host.title);
  const update = (touched = ALL): void => made.update(rowsOf(root), touched);
  const counts = (): number => readings;
  return { root, board: made, update, asked, end, own, observed, comeNear, shown, counts };
}

async function answerAll(tasks: TaskReading[]): Promise<LookupAnswer> {
  return said(...tasks.map(({ task }) => task.title));
}

function said(...titles: string[]): LookupAnswer {
  const words = titles.map((title) => ({ figure: `rate of ${title}` }) as Words);
  return { words, places: titles.map((_, place) => place) };
}

test("rows that come near are asked for together and get one badge each, in its place", async () => {
  const { root, update, asked, own, comeNear, shown } = stage();
  update();
  expect(asked).toEqual([]);
  await comeNear();
  update();
  await comeNear();
  expect(asked).toEqual([["one", "two", "three"]]);
  expect(shown()).toEqual(["rate of one", "rate of two", "rate of three"]);
  const host = root.querySelector(".pay > span");
  expect(host && own.has(host)).toBe(true);
});

test("a row whose words change loses its badge and is asked for again", async () => {
  const { root, update, comeNear, shown } = stage();
  update();
  await comeNear();
  const title = root.querySelector("b");
  if (title) title.textContent = "new";
  update();
  expect(shown()).toEqual(["rate of two", "rate of three"]);
  await comeNear();
  expect(shown()).toEqual(["rate of new", "rate of two", "rate of three"]);
});

test("an answer that comes too late for a changed row is dropped", async () => {
  let answer: (words: LookupAnswer) => void = () => undefined;
  const { root, update, comeNear, shown } = stage(() => new Promise((resolve) => (answer = resolve)));
  update();
  await comeNear();
  const title = root.querySelector("b");
  if (title) title.textContent = "new";
  update();
  answer(said("one", "two", "three"));
  await Promise.resolve();
  expect(shown()).toEqual(["rate of two", "rate of three"]);
});

test("no answer means no badge", async () => {
  const { update, comeNear, shown } = stage(async () => null);
  update();
  await comeNear();
  expect(shown()).toEqual([]);
});

test("a pay cell that is redrawn every few seconds keeps its badge, before the browser paints", async () => {
  vi.useFakeTimers();
  const { root, board, update, asked, comeNear, shown } = stage();
  update();
  await comeNear();
  for (let times = 0; times < 50; times += 1) {
    vi.advanceTimersByTime(3_000);
    const cell = root.querySelector(".pay");
    const fresh = root.createElement("i");
    fresh.className = "pay";
    cell?.replaceWith(fresh);
    expect(shown()).toHaveLength(2);
    board.restore([fresh]);
    expect(shown()).toHaveLength(3);
    update(new Set([fresh]));
    expect(shown()).toHaveLength(3);
  }
  expect(asked).toHaveLength(1);
});

test("rows that are mounted again get their badges at once, and are not asked about again", async () => {
  const { root, board, update, asked, comeNear, shown } = stage();
  update();
  await comeNear();
  const list = root.querySelector("ul") as Element;
  const before = shown();
  const fresh = Array.from(list.children, (row) => {
    const copy = row.cloneNode(true) as Element;
    for (const badge of Array.from(copy.querySelectorAll("span"))) badge.remove();
    return copy;
  });
  list.replaceChildren(...fresh);
  board.restore(fresh);
  expect(shown()).toEqual(before);
  update();
  await comeNear();
  expect(shown()).toEqual(before);
  expect(asked).toHaveLength(1);
});

test("a row mounted anew for another task takes no badge of the one before", async () => {
  const { root, board, update, comeNear, shown } = stage();
  update();
  await comeNear();
  const [row] = Array.from(root.querySelectorAll("li"));
  const other = root.createElement("li");
  other.append(Object.assign(root.createElement("b"), { textContent: "another" }));
  row?.replaceWith(other);
  board.restore([other]);
  expect(shown()).toEqual(["rate of two", "rate of three"]);
});

test("with a site that throws badges out at once, no fight goes on", async () => {
  vi.useFakeTimers();
  const { root, board, update, comeNear, shown } = stage();
  update();
  await comeNear();
  let puts = 0;
  for (let times = 0; times < 200; times += 1) {
    root.querySelector("span")?.remove();
    board.restore([]);
    puts += Number(shown().length === 3);
  }
  expect(puts).toBeLessThan(70); // some twenty a badge
  vi.advanceTimersByTime(10_000);
  board.restore([]);
  expect(shown()).toHaveLength(3);
});

test("rows that go take their badges along, and one signal takes all", async () => {
  const { root, board, update, comeNear, shown, end, observed } = stage();
  update();
  await comeNear();
  board.update(rowsOf(root).slice(1), ALL);
  expect(shown()).toEqual(["rate of two", "rate of three"]);
  end.abort();
  expect(shown()).toEqual([]);
  expect(observed.size).toBe(0);
});

test("rows far from the view are not even read", async () => {
  const { update, counts, comeNear } = stage();
  update();
  expect(counts()).toBe(0);
  await comeNear();
  expect(counts()).toBe(3);
});

test("only a row in which something changed is read again", async () => {
  const { root, update, counts, comeNear, shown } = stage();
  update();
  await comeNear();
  const [first] = Array.from(root.querySelectorAll("li b"));
  if (first) first.textContent = "new";
  update(new Set([root.querySelector("ul") as Element]));
  expect(counts()).toBe(3);
  update(new Set([first as Element]));
  expect(counts()).toBe(4);
  await comeNear();
  expect(shown()).toEqual(["rate of new", "rate of two", "rate of three"]);
});

test("news changes the badges that are there, without making new ones", async () => {
  let day = "Monday";
  const { root, board, update, comeNear, shown } = stage(async (tasks) => said(...tasks.map(() => day)));
  update();
  await comeNear();
  const hosts = Array.from(root.querySelectorAll("span"));
  day = "Tuesday";
  board.refresh();
  await comeNear();
  expect(shown()).toEqual(Array(3).fill("rate of Tuesday"));
  expect(Array.from(root.querySelectorAll("span"))).toEqual(hosts);
});

test("a row that tells no task is asked about once it does", async () => {
  const { root, update, asked, comeNear, shown } = stage();
  const title = root.querySelector("b") as Element;
  title.textContent = "";
  update();
  await comeNear();
  expect(asked).toEqual([["two", "three"]]);
  title.textContent = "late";
  update(new Set([title]));
  await comeNear();
  expect(shown()).toEqual(["rate of late", "rate of two", "rate of three"]);
});
