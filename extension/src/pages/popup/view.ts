/** The popup's content: the day so far, what is being timed, and what the server has. */

import type { Figures, OpenTask, Today } from "../../core/ledger/figures";
import { h } from "../panel/element";
import { count, dollars, duration, hourly, moment, type Writing } from "../panel/format";

/** Every part of the popup, in order. */
export function popup(today: Today, writing: Writing): HTMLElement[] {
  if (!today.consent.ledger && !today.consent.sharing) return [off(writing)];
  return [day(today.figures, writing), running(today.open, writing), status(today, writing)];
}

function off({ text }: Writing): HTMLElement {
  return h("section", { class: "card" }, h("p", {}, text("popup_off")));
}

function day(figures: Figures, writing: Writing): HTMLElement {
  const { text } = writing;
  const rate = figures.effective_usd_per_hour;
  const headline =
    rate === null
      ? h("p", { class: "headline soft" }, text("popup_no_rate"))
      : h(
          "p",
          { class: "headline" },
          h("strong", { class: "number", id: "effective" }, dollars(rate, writing)),
          h("span", { class: "soft" }, text("popup_per_hour")),
        );
  const notes = [
    figures.pending > 0 ? text("popup_pending_note") : null,
    figures.unpriced > 0 ? text("popup_unpriced", count(figures.unpriced, writing)) : null,
  ].map((note) => note && h("p", { class: "soft small" }, note));
  return h(
    "section",
    { class: "card" },
    h("h2", {}, text("popup_today")),
    headline,
    table(figures, writing),
    ...notes,
  );
}

function table(figures: Figures, writing: Writing): HTMLElement {
  const { text } = writing;
  const unsubmitted =
    figures.unsubmitted > 0
      ? ` (${text("popup_tasks_unsubmitted", count(figures.unsubmitted, writing))})`
      : "";
  const rows: [string, string, string | null][] = [
    ["worked", text("popup_worked"), duration(figures.active_seconds, writing)],
    ["overhead", text("popup_unpaid_time"), duration(figures.overhead_seconds, writing)],
    ["tasks", text("popup_tasks"), `${count(figures.tasks, writing)}${unsubmitted}`],
    ["earned", text("popup_earned"), dollars(figures.earned_usd_micros / 1_000_000, writing)],
    ["pending", text("popup_pending"), dollars(figures.pending_usd_micros / 1_000_000, writing)],
    ["task-rate", text("popup_task_rate"), rateOrNull(figures.task_usd_per_hour, writing)],
  ];
  const cells = rows.flatMap(([id, label, value]) =>
    value === null ? [] : [h("dt", {}, label), h("dd", { class: "number", id }, value)],
  );
  return h("dl", { class: "figures" }, ...cells);
}

function rateOrNull(rate: number | null, writing: Writing): string | null {
  return rate === null ? null : hourly(rate, writing);
}

function running(open: readonly OpenTask[], writing: Writing): HTMLElement {
  const { text } = writing;
  const rows = open.map((task) => {
    const rate = rateOrNull(task.usd_per_hour, writing);
    return h(
      "li",
      {},
      h("span", { class: "title", title: task.title, dir: "auto" }, task.title),
      h("span", { class: "number" }, duration(task.active_seconds, writing)),
      h("span", { class: "soft small" }, task.is_in_front ? text("popup_in_front") : ""),
      h("span", { class: "soft small number" }, rate ?? ""),
    );
  });
  const body =
    rows.length > 0
      ? h("ul", { class: "running", id: "open" }, ...rows)
      : h("p", { class: "soft small" }, text("popup_none_open"));
  return h("section", { class: "card" }, h("h2", {}, text("popup_open")), body);
}

function status(today: Today, writing: Writing): HTMLElement {
  const { text } = writing;
  const rates =
    today.synced_at === null
      ? text("popup_rates_never")
      : text("popup_rates_from", moment(today.synced_at, writing));
  const waiting =
    today.waiting > 0 ? text("popup_waiting", count(today.waiting, writing)) : text("popup_all_sent");
  const warnings = [
    today.consent.sharing && today.problem ? text(`popup_problem_${today.problem}`) : null,
    today.refused > 0 ? text("popup_refused", count(today.refused, writing)) : null,
    ...today.unfit.map((site) => text("popup_unfit", site)),
    ...today.off.map((site) => text("popup_site_off", site)),
  ];
  return h(
    "section",
    { class: "status" },
    h("p", { class: "soft", id: "waiting" }, today.consent.sharing ? waiting : text("popup_sharing_off")),
    ...warnings.map((warning) => warning && h("p", { class: "warn" }, warning)),
    h("p", { class: "soft", id: "synced" }, rates),
  );
}
