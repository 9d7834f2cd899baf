/** The tasks that are being timed, each with buttons for how it ended: pages do not show every end. */

import type { OpenTask } from "../../core/ledger/figures";
import type { TaskMessage } from "../../core/messages";
import { siteName } from "../ledger/words";
import { h } from "./element";
import { amountPerHour, duration, type Writing } from "./format";

const ENDS: readonly TaskMessage["outcome"][] = [
  "submitted",
  "returned",
  "expired",
  "abandoned",
  "still_working",
];

/** What becomes of a click. */
export type EndTask = (task: OpenTask, outcome: TaskMessage["outcome"]) => void;

/** A list that keeps its buttons while times run on: it is rebuilt only when another task is open. */
export function openTasks(
  writing: Writing,
  end: EndTask,
): { list: HTMLElement; show: (open: readonly OpenTask[]) => void } {
  const list = h("ul", { class: "running", id: "open" });
  const rows = new Map<string, Row>();
  const show = (open: readonly OpenTask[]): void => {
    const shown = open.map((task) => {
      const key = `${task.platform}\n${task.attempt}`;
      const row = rows.get(key) ?? rowOf(task, rows.size === 0, writing, end);
      rows.set(key, row);
      row.update(task);
      return { key, element: row.element };
    });
    for (const key of [...rows.keys()]) if (!shown.some((one) => one.key === key)) rows.delete(key);
    const elements = shown.map(({ element }) => element);
    const isSame =
      elements.length === list.childElementCount && elements.every((one, at) => list.children[at] === one);
    if (!isSame) list.replaceChildren(...elements);
  };
  return { list, show };
}

interface Row {
  element: HTMLElement;
  update: (task: OpenTask) => void;
}

/** The first task shows its buttons at once, so that several do not fill the popup. */
function rowOf(task: OpenTask, isFirst: boolean, writing: Writing, end: EndTask): Row {
  const { text } = writing;
  const time = h("span", { class: "number" });
  const where = h("span", {});
  const rate = h("span", { class: "number" });
  const buttons = ENDS.map((outcome) => {
    const words = text(`task_end_${outcome}`);
    const button = h(
      "button",
      { type: "button", class: `end ${outcome}`, "aria-label": `${words}: ${task.title}` },
      words,
    );
    button.addEventListener("click", () => end(task, outcome));
    return button;
  });
  const details = h(
    "details",
    {},
    h("summary", { title: task.title }, h("span", { class: "title", dir: "auto" }, task.title), time),
    h("p", { class: "soft small row" }, where, rate),
    h("div", { class: "ends" }, ...buttons),
  );
  details.open = isFirst;
  const update = (now: OpenTask): void => {
    time.textContent = duration(now.active_seconds, writing);
    rate.textContent = now.per_hour === null ? "" : amountPerHour(now.per_hour, writing);
    where.replaceChildren(
      h("bdi", {}, siteName(now.platform)),
      now.is_in_front ? ` · ${text("popup_in_front")}` : "",
    );
  };
  return { element: h("li", {}, details), update };
}
