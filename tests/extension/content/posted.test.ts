/** New rows are told once, those that stood there at first as such. */

import { expect, test } from "vitest";
import { posted } from "../../../extension/src/content/posted";
import type { Row } from "../../../extension/src/core/page/reader";
import type { TaskReading } from "../../../extension/src/model/readings";
import { documentOf } from "../core/page/fixture";

const ALL: ReadonlySet<Element> = new Set();

function stage(titles: string[]) {
  const root = documentOf(`<ul>${titles.map((title) => `<li>${title}</li>`).join("")}</ul>`);
  const told: [string[], boolean][] = [];
  const end = new AbortController();
  const look = posted({
    rows: "li",
    read: ({ element }) => ({ task: { id: null, title: element?.textContent ?? "" } }) as TaskReading,
    words: ({ task }) => task.title,
    tell: (rows, isFirst) => told.push([rows.map(({ task }) => task.title), isFirst]),
    signal: end.signal,
  });
  const rows = (): Row[] =>
    Array.from(root.querySelectorAll("li"), (element) => ({ element, record: undefined }));
  const settle = async (touched = ALL): Promise<void> => {
    look(rows(), touched);
    await new Promise((resume) => setTimeout(resume));
  };
  return { root, told, settle, end };
}

test("what stood there first, then what is new, each once", async () => {
  const { root, told, settle } = stage(["one", "two"]);
  await settle();
  const added = root.createElement("li");
  added.textContent = "three";
  root.querySelector("ul")?.append(added);
  await settle(new Set([root.querySelector("ul") as Element]));
  await settle();
  expect(told).toEqual([
    [["one", "two"], true],
    [["three"], false],
  ]);
});

test("a row that becomes another task is new", async () => {
  const { root, told, settle } = stage(["one"]);
  await settle();
  const row = root.querySelector("li") as Element;
  row.textContent = "other";
  await settle(new Set([row]));
  expect(told.at(-1)).toEqual([["other"], false]);
});

test("an empty list was no first look", async () => {
  const { root, told, settle } = stage([]);
  await settle();
  const added = root.createElement("li");
  added.textContent = "one";
  root.querySelector("ul")?.append(added);
  await settle();
  expect(told).toEqual([[["one"], true]]);
});

test("many rows are told in parts", async () => {
  const { told, settle } = stage(Array.from({ length: 450 }, (_, number) => `t${number}`));
  await settle();
  await new Promise((resume) => setTimeout(resume, 50));
  expect(told.map(([titles]) => titles.length)).toEqual([200, 200, 50]);
});

test("nothing is told once it is over", async () => {
  const { told, settle, end } = stage(["one"]);
  end.abort();
  await settle();
  expect(told).toEqual([]);
});
