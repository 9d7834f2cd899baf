import { expect, test } from "vitest";
import { type Board, board, type Nearness } from "../../../extension/src/badge/board";
import type { Words } from "../../../extension/src/badge/words";
import type { RowReading } from "../../../extension/src/page/reader";
import type { TaskReading } from "../../../extension/src/readings";
import type { Rate } from "../../../extension/src/snapshot/rate";
import { documentOf } from "../page/fixture";

function rowsOf(root: Document): RowReading[] {
  return Array.from(root.querySelectorAll("li")).map((element) => ({
    element,
    task: { task: { id: null, title: element.querySelector("b")?.textContent ?? "" } } as TaskReading,
  }));
}

/** A list of three rows; a rate is named after its task, and rows come near when told to. */
function stage(answers: (tasks: TaskReading[]) => Promise<Rate[] | null> = answerAll) {
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
  const made: Board = board({
    lookup: (tasks) => {
      asked.push(tasks.map(({ task }) => task.title));
      return answers(tasks);
    },
    badge: () => {
      const host = root.createElement("span");
      const show = (words: Words): void => host.setAttribute("title", words.figure);
      return { host, show };
    },
    words: (rate) => ({ figure: rate.release }) as Words,
    near,
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
  return { root, board: made, asked, end, own, observed, comeNear, shown };
}

async function answerAll(tasks: TaskReading[]): Promise<Rate[]> {
  return tasks.map(({ task }) => ({ release: `rate of ${task.title}` }) as Rate);
}

test("rows that come near are asked for together and get one badge each, in its place", async () => {
  const { root, board, asked, own, comeNear, shown } = stage();
  board.update(rowsOf(root));
  expect(asked).toEqual([]);
  await comeNear();
  board.update(rowsOf(root));
  await comeNear();
  expect(asked).toEqual([["one", "two", "three"]]);
  expect(shown()).toEqual(["rate of one", "rate of two", "rate of three"]);
  const host = root.querySelector(".pay > span");
  expect(host && own.has(host)).toBe(true);
});

test("a row whose words change loses its badge and is asked for again", async () => {
  const { root, board, comeNear, shown } = stage();
  board.update(rowsOf(root));
  await comeNear();
  const title = root.querySelector("b");
  if (title) title.textContent = "new";
  board.update(rowsOf(root));
  expect(shown()).toEqual(["rate of two", "rate of three"]);
  await comeNear();
  expect(shown()).toEqual(["rate of new", "rate of two", "rate of three"]);
});

test("an answer that comes too late for a changed row is dropped", async () => {
  let answer: (rates: Rate[]) => void = () => undefined;
  const { root, board, comeNear, shown } = stage(() => new Promise((resolve) => (answer = resolve)));
  board.update(rowsOf(root));
  await comeNear();
  const title = root.querySelector("b");
  if (title) title.textContent = "new";
  board.update(rowsOf(root));
  answer(["one", "two", "three"].map((name) => ({ release: `rate of ${name}` }) as Rate));
  await Promise.resolve();
  expect(shown()).toEqual(["rate of two", "rate of three"]);
});

test("no answer means no badge", async () => {
  const { root, board, comeNear, shown } = stage(async () => null);
  board.update(rowsOf(root));
  await comeNear();
  expect(shown()).toEqual([]);
});

test("a badge that the site throws out is put back, but not for ever", async () => {
  const { root, board, comeNear, shown } = stage();
  board.update(rowsOf(root));
  await comeNear();
  for (let times = 0; times < 3; times += 1) {
    root.querySelector("span")?.remove();
    board.update(rowsOf(root));
    expect(shown()).toHaveLength(3);
  }
  root.querySelector("span")?.remove();
  board.update(rowsOf(root));
  expect(shown()).toHaveLength(2);
});

test("rows that go take their badges along, and one signal takes all", async () => {
  const { root, board, comeNear, shown, end, observed } = stage();
  board.update(rowsOf(root));
  await comeNear();
  board.update(rowsOf(root).slice(1));
  expect(shown()).toEqual(["rate of two", "rate of three"]);
  end.abort();
  expect(shown()).toEqual([]);
  expect(observed.size).toBe(0);
});
