/** The panel in the page, while teaching and at no other time: says what to point at next, and what is read so far. */

import { money } from "../../core/badge/money";
import { CURRENCIES, MICROS } from "../../core/money";
import type { DecimalMark } from "../../core/page/money";
import { nameOf } from "../../core/teach/address";
import { OPTIONAL, STEPS } from "../../core/teach/draft";
import type { RewardPer } from "../../generated/contract";
import type { TaskReading } from "../../model/readings";
import { direction, language, text } from "../../platform/browser";
import { h } from "../panel/element";
import { wordsAt } from "./field_locators";
import type { Lesson } from "./lesson";

/** What the panel asks of whoever shows it. */
export interface Desk {
  /** Keeps what is taught; answers what stands in the way. */
  save: () => Promise<string | null>;
  stop: () => void;
  openSettings: () => void;
}

const MOST_ROWS = 8;

/** Everything the panel says now. Drawn anew at every change; the focus stays where it was by its id. */
export function panelOf(lesson: Lesson, desk: Desk, isSaved: boolean): HTMLElement[] {
  if (isSaved) return saved(lesson, desk);
  const { step, draft } = lesson.teaching();
  const doubt = lesson.doubt();
  const title = h("h3", { id: "ask", tabindex: "-1" }, text(`teach_ask_${step}`));
  const parts: (HTMLElement | null)[] = [
    h("p", { class: "soft" }, text("teach_step", String(STEPS.indexOf(step) + 1), String(STEPS.length))),
    title,
    h("p", { class: "soft" }, text(`teach_hint_${step}`)),
    h(
      "p",
      { class: "warn", role: "status", id: "doubt" },
      doubt === null ? "" : text(`teach_doubt_${doubt}`),
    ),
    step === "row" && draft.list !== null ? rowSize(lesson) : null,
    choices(lesson),
    said(lesson),
    step === "check" ? ways(lesson) : null,
    step === "submit" && draft.work?.submit ? afterSubmit(lesson) : null,
    step === "done" ? staysHere() : null,
    buttons(lesson, desk),
  ];
  return [head(lesson, desk), ...parts.filter((part) => part !== null)];
}

function head(lesson: Lesson, desk: Desk): HTMLElement {
  const { host } = lesson.teaching().draft;
  const stop = button("stop", text("teach_stop"), desk.stop, "small");
  return h("div", { class: "head" }, h("h2", {}, text("teach_title", nameOf(host))), side(), stop);
}

/** The panel may lie on what is to be pointed at. */
function side(): HTMLElement {
  return button(
    "side",
    text("teach_side"),
    (event) => (event.currentTarget as Element).closest(".panel")?.classList.toggle("away"),
    "small",
  );
}

function rowSize(lesson: Lesson): HTMLElement {
  const larger = button("larger", text("teach_larger"), () => lesson.resize(1), "small");
  const smaller = button("smaller", text("teach_smaller"), () => lesson.resize(-1), "small");
  larger.disabled = !lesson.canResize(1);
  smaller.disabled = !lesson.canResize(-1);
  return h("div", { class: "buttons" }, larger, smaller);
}

function choices(lesson: Lesson): HTMLElement | null {
  const found = lesson.choices();
  if (found.length === 0) return null;
  const items = found.map(({ element, words }, place) => {
    const choice = button(`choice-${place}`, words, () => lesson.pick(element));
    choice.dir = "auto";
    choice.setAttribute("aria-pressed", String(lesson.picked() === element));
    return h("li", {}, choice);
  });
  return h(
    "details",
    { id: "choices" },
    h("summary", {}, text("teach_choose")),
    h("ul", { class: "choices" }, ...items),
  );
}

/** What is read, from every row. */
function said(lesson: Lesson): HTMLElement | null {
  const { step, draft } = lesson.teaching();
  const { list } = draft;
  if (list === null || STEPS.indexOf(step) > STEPS.indexOf("check")) return null;
  const count = lesson.rows().length;
  const counted = h("p", { class: "said", role: "status", id: "count" }, text("teach_rows", number(count)));
  if (list.title === null || step === "row") return counted;
  const { tasks, rows } = lesson.readings();
  const client = list.client;
  const lines = tasks.slice(0, MOST_ROWS).map((task, place) => {
    const row = rows[place];
    const who = client === null || row === undefined ? null : wordsAt(row, client.at);
    return h(
      "tr",
      {},
      h("td", {}, h("bdi", {}, task?.task.title ?? text("teach_nothing"))),
      list.pay === null ? null : h("td", { class: "number" }, task === null ? "" : pay(task)),
      who === null ? null : h("td", {}, h("bdi", {}, who || text("teach_nothing"))),
    );
  });
  const names = h(
    "tr",
    {},
    h("th", { scope: "col" }, text("teach_column_title")),
    list.pay === null ? null : h("th", { scope: "col", class: "number" }, text("teach_column_pay")),
    client === null ? null : h("th", { scope: "col" }, text("teach_column_client")),
  );
  const region = { class: "rows", tabindex: "0", role: "region", "aria-label": text("teach_read") };
  const read = h(
    "div",
    region,
    h("table", { id: "readings" }, h("thead", {}, names), h("tbody", {}, ...lines)),
  );
  return h("div", {}, counted, read);
}

function pay({ reward }: TaskReading): string {
  return reward === null ? text("teach_nothing") : money(reward.micros / MICROS, reward.currency, language());
}

/** How pay is meant: per what, in which currency, with which decimal mark. */
function ways(lesson: Lesson): HTMLElement {
  const { draft } = lesson.teaching();
  const { unfit } = lesson.readings();
  const per = select(
    "per",
    text("teach_per"),
    ["task", "hour", "unit", "thousand"],
    draft.reward_per,
    (one) => text(`teach_per_${one}`),
  );
  per.input.addEventListener("change", () => lesson.change({ reward_per: per.input.value as RewardPer }));
  const currency = select(
    "currency",
    text("teach_currency"),
    ["", ...CURRENCIES],
    draft.currency ?? "",
    (one) => (one === "" ? text("teach_as_written") : one),
  );
  currency.input.addEventListener("change", () => lesson.change({ currency: currency.input.value || null }));
  const mark = select("decimal", text("teach_decimal"), ["", ".", ","], draft.decimal ?? "", (one) =>
    one === "" ? text("teach_as_written") : one === "." ? "1,234.50" : "1.234,50",
  );
  mark.input.addEventListener("change", () =>
    lesson.change({ decimal: (mark.input.value || null) as DecimalMark | null }),
  );
  return h(
    "div",
    {},
    unfit === null
      ? null
      : h("p", { class: "warn", role: "alert", id: "unfit" }, text(`teach_doubt_${unfit}`)),
    h("div", { class: "fields" }, per.label, currency.label, mark.label),
  );
}

function afterSubmit(lesson: Lesson): HTMLElement {
  const now = lesson.teaching().draft.work?.afterwards ?? "leaves";
  const then = select("then", text("teach_then"), ["leaves", "next"], now, (one) =>
    text(`teach_then_${one}`),
  );
  then.input.addEventListener("change", () =>
    lesson.changeWork({ afterwards: then.input.value as "leaves" | "next" }),
  );
  return then.label;
}

function staysHere(): HTMLElement {
  return h("p", { id: "stays" }, text("teach_stays"));
}

function buttons(lesson: Lesson, desk: Desk): HTMLElement {
  const { step, draft } = lesson.teaching();
  const isFit = draft.list === null || step !== "check" || lesson.readings().unfit === null;
  const next = button("next", text(step === "go" ? "teach_here" : "teach_next"), lesson.next, "main");
  next.disabled = !lesson.isReady() || !isFit;
  const canSave = step === "done" || (step === "go" && draft.list !== null);
  const save = button(
    "save",
    text(step === "done" ? "teach_save" : "teach_save_rows"),
    () => void keep(desk, save),
  );
  if (step === "done") save.className = "main";
  const skip = step === "row" ? "teach_no_list" : "teach_skip";
  const maySkip = OPTIONAL.has(step) && (step !== "work_title" || draft.list?.claim != null);
  return h(
    "div",
    { class: "buttons" },
    step === "done" ? null : next,
    canSave ? save : null,
    maySkip && !(step !== "row" && lesson.isReady()) ? button("skip", text(skip), lesson.skip) : null,
    step === "row" ? null : button("back", text("teach_back"), lesson.back),
  );
}

async function keep(desk: Desk, save: HTMLButtonElement): Promise<void> {
  save.disabled = true;
  const trouble = await desk.save();
  if (trouble === null) return;
  save.disabled = false;
  const place = save.getRootNode() as ShadowRoot;
  place.querySelector("#doubt")?.replaceChildren(text(trouble));
}

function saved(lesson: Lesson, desk: Desk): HTMLElement[] {
  return [
    head(lesson, desk),
    h("h3", { id: "ask", tabindex: "-1" }, text("teach_saved")),
    h("p", {}, text("teach_saved_note")),
    h("p", { class: "soft", id: "stays" }, text("teach_stays")),
    h(
      "div",
      { class: "buttons" },
      button("close", text("teach_close"), desk.stop, "main"),
      button("settings", text("teach_settings"), desk.openSettings),
    ),
  ];
}

function select(
  id: string,
  name: string,
  values: readonly string[],
  now: string,
  words: (value: string) => string,
): { label: HTMLElement; input: HTMLSelectElement } {
  const options = values.map((value) => h("option", { value }, words(value)));
  const input = h("select", { id }, ...options);
  input.value = now;
  return { label: h("label", {}, name, input), input };
}

function button(id: string, words: string, act: (event: Event) => void, kind = ""): HTMLButtonElement {
  const made = h("button", { type: "button", id, class: kind }, words);
  made.addEventListener("click", act);
  return made;
}

function number(count: number): string {
  return new Intl.NumberFormat(language()).format(count);
}

export function panelFrame(): HTMLElement {
  return h("section", {
    class: "panel",
    role: "dialog",
    "aria-label": text("teach_label"),
    dir: direction(),
  });
}
