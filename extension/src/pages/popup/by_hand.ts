/** The timer by hand, in the popup: a form to start one, and to pause, go on and stop the one that runs. */

import type { OpenTask, Today } from "../../core/ledger/figures";
import { typedPay } from "../../core/manual/by_hand";
import { CURRENCIES, MICROS } from "../../core/money";
import { known as sites } from "../../core/packs/packs";
import { MAX_TITLE_LENGTH, type RewardPer } from "../../generated/contract";
import type { TaskReading } from "../../model/readings";
import { askFront, send, text } from "../../platform/browser";
import { h } from "../panel/element";
import { duration, type Writing } from "../panel/format";

const OTHER = "";

/** A place of its own, so that what is typed stays while the rest of the popup is drawn anew. */
export function byHand(writing: Writing): { place: HTMLElement; show: (today: Today) => void } {
  const place = h("section", { class: "card", id: "by-hand", hidden: "" });
  let drawn = "";
  const time = h("span", { class: "number", id: "by-hand-time" });
  const show = ({ open, consent }: Today): void => {
    const running = open.find(({ by_hand }) => by_hand !== null) ?? null;
    place.hidden = !consent.ledger && !consent.sharing;
    if (running !== null) time.textContent = duration(running.active_seconds, writing);
    const what = running === null ? "form" : `${running.title} ${running.by_hand}`;
    if (what === drawn) return;
    const isOurs = place.contains(document.activeElement);
    drawn = what;
    place.replaceChildren(...(running === null ? form() : clock(running, time)));
    if (isOurs) place.querySelector<HTMLElement>("button, summary")?.focus();
  };
  return { place, show };
}

function clock(running: OpenTask, time: HTMLElement): HTMLElement[] {
  const isPaused = running.by_hand === "paused";
  const pause = button(
    isPaused ? "by-hand-go-on" : "by-hand-pause",
    text(isPaused ? "manual_go_on" : "manual_pause"),
  );
  pause.addEventListener("click", () => send({ kind: "pause_by_hand", is_paused: !isPaused }));
  const done = button("by-hand-done", text("manual_done"));
  done.addEventListener("click", () => send({ kind: "end_by_hand", ending: "submitted" }));
  const back = button("by-hand-back", text("manual_given_back"));
  back.addEventListener("click", () => send({ kind: "end_by_hand", ending: "returned" }));
  return [
    h("h2", {}, text(isPaused ? "manual_paused" : "manual_running")),
    h("div", { class: "row" }, h("span", { class: "title", dir: "auto" }, running.title), time),
    h("div", { class: "buttons" }, pause, done, back),
  ];
}

interface Fields {
  title: HTMLInputElement;
  pay: HTMLInputElement;
  currency: HTMLSelectElement;
  per: HTMLSelectElement;
  units: HTMLInputElement;
  platform: HTMLSelectElement;
  name: HTMLInputElement;
  client: HTMLInputElement;
}

function form(): HTMLElement[] {
  const fields = fieldsOf();
  const picks = h("datalist", { id: "by-hand-picks" });
  const said = h("p", { role: "status", class: "warn small", id: "by-hand-said" });
  const note = h("p", { class: "soft small" });
  const known = new Map<string, TaskReading>();
  void tasksToPick().then((tasks) => {
    for (const task of tasks) if (!known.has(task.task.title)) known.set(task.task.title, task);
    picks.append(...[...known.keys()].map((value) => h("option", { value })));
  });
  const settle = (): void => {
    const isOther = fields.platform.value === OTHER;
    label(fields.name).hidden = !isOther;
    label(fields.units).hidden = fields.per.value !== "unit" && fields.per.value !== "thousand";
    note.replaceChildren(text(isOther ? "manual_own_note" : "manual_known_note"));
  };
  const made = h(
    "form",
    { class: "fields" },
    ...[fields.title, fields.pay, fields.currency, fields.per, fields.units].map(label),
    ...[fields.platform, fields.name, fields.client].map(label),
    note,
    h("button", { id: "by-hand-start" }, text("manual_start")),
    said,
    picks,
  );
  fields.title.addEventListener("input", () => {
    const task = known.get(fields.title.value);
    if (task !== undefined) fill(fields, task);
    settle();
  });
  fields.platform.addEventListener("change", settle);
  fields.per.addEventListener("change", settle);
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.replaceChildren(await begin(fields));
  });
  settle();
  return [h("details", { id: "by-hand-form" }, h("summary", {}, text("manual_heading")), made)];
}

/** Starts it; says what stands in the way, if anything. */
async function begin(fields: Fields): Promise<string> {
  const reward = typedPay(fields.pay.value, fields.currency.value);
  if (reward === undefined) return text("manual_bad_pay");
  const isBegun = await send({
    kind: "begin_by_hand",
    said: {
      title: fields.title.value,
      platform: fields.platform.value === OTHER ? null : fields.platform.value,
      platform_name: fields.name.value,
      client: fields.client.value,
      reward,
      reward_per: fields.per.value as RewardPer,
      units: Number(fields.units.value),
    },
  });
  return isBegun ? "" : text("manual_incomplete");
}

/** What stands on the page in front first, then what the worker did lately. */
async function tasksToPick(): Promise<TaskReading[]> {
  const [front, recent] = await Promise.all([askFront({ kind: "rows" }), send({ kind: "recent_tasks" })]);
  return [...(front?.rows ?? []), ...recent];
}

function fill(fields: Fields, task: TaskReading): void {
  const { reward, reward_per, units, client, platform } = task;
  if (reward !== null) {
    fields.pay.value = String(reward.micros / MICROS);
    if (CURRENCIES.includes(reward.currency)) fields.currency.value = reward.currency;
  }
  fields.per.value = reward_per;
  fields.units.value = String(units);
  fields.client.value = client?.name ?? "";
  if (sites.some(({ slug }) => slug === platform)) fields.platform.value = platform;
}

function fieldsOf(): Fields {
  const line = (id: string, more: Record<string, string> = {}): HTMLInputElement =>
    h("input", { type: "text", id: `by-hand-${id}`, autocomplete: "off", ...more });
  const one = (id: string, values: readonly [string, string][]): HTMLSelectElement =>
    h("select", { id: `by-hand-${id}` }, ...values.map(([value, words]) => h("option", { value }, words)));
  const pers = ["task", "hour", "unit", "thousand"].map((per): [string, string] => [
    per,
    text(`teach_per_${per}`),
  ]);
  const choices = sites.map(({ slug, name }): [string, string] => [slug, name]);
  return {
    title: line("title", {
      list: "by-hand-picks",
      required: "",
      maxlength: String(MAX_TITLE_LENGTH),
      dir: "auto",
    }),
    pay: line("pay", { inputmode: "decimal", dir: "ltr" }),
    currency: one(
      "currency",
      CURRENCIES.map((code) => [code, code]),
    ),
    per: one("per", pers),
    units: h("input", { type: "number", id: "by-hand-units", min: "1", value: "1" }),
    platform: one("platform", [[OTHER, text("manual_other")], ...choices]),
    name: line("name", { maxlength: "60", dir: "auto" }),
    client: line("client", { maxlength: "200", dir: "auto" }),
  };
}

const labels = new WeakMap<HTMLElement, HTMLElement>();

/** Each field with its name, made once. */
function label(field: HTMLElement): HTMLElement {
  const known = labels.get(field);
  if (known !== undefined) return known;
  const key = `manual_${field.id.slice("by-hand-".length)}`;
  const made = h("label", { class: "field" }, text(key), field);
  labels.set(field, made);
  return made;
}

function button(id: string, words: string): HTMLButtonElement {
  return h("button", { type: "button", id }, words);
}
