/** The popup's figures and notes: the hour so far, and what the server has. */

import type { Figures, Today } from "../../core/ledger/figures";
import { MICROS } from "../../core/money";
import { requestOrigins } from "../../platform/browser";
import { h } from "../panel/element";
import { fetchOffer } from "../panel/fetch_offer";
import { amountOf, amountPerHour, count, duration, moment, type Writing } from "../panel/format";

/** Whether anything is timed at all. */
export function isOff({ consent }: Today): boolean {
  return !consent.ledger && !consent.sharing;
}

/** Why nothing is timed; pay may be shown all the same. */
export function offNote({ shows_pay }: Today, { text }: Writing): HTMLElement {
  return h("section", { class: "card" }, h("p", {}, text(shows_pay ? "popup_untimed" : "popup_off")));
}

/** The hour so far, each rate by its name, and what it is made of. */
export function dayCard(figures: Figures, writing: Writing): HTMLElement {
  const { text } = writing;
  const { currency, effective_per_hour: rate, all_in_per_hour: allIn } = figures;
  const headline =
    rate === null
      ? h("p", { class: "headline soft" }, text("popup_no_rate"))
      : h(
          "p",
          { class: "headline" },
          h("strong", { class: "number", id: "effective" }, amountOf(rate, currency, writing)),
          h("span", { class: "soft" }, text("popup_per_hour")),
        );
  const withUnpaid =
    allIn === null || figures.overhead_seconds <= 0
      ? null
      : h("p", { class: "small" }, text("popup_all_in"), " ", hourly("all-in", allIn, currency, writing));
  const notes = [
    figures.pending > 0 ? text("popup_pending_note") : null,
    figures.unpriced > 0 ? text("popup_unpriced", count(figures.unpriced, writing)) : null,
  ].map((note) => note && h("p", { class: "soft small" }, note));
  const title = h("h2", {}, text("popup_today"));
  return h("section", { class: "card day" }, title, headline, withUnpaid, table(figures, writing), ...notes);
}

function hourly(id: string, amount: number, currency: string, writing: Writing): HTMLElement {
  return h("strong", { class: "number", id }, amountPerHour({ amount, currency }, writing));
}

function table(figures: Figures, writing: Writing): HTMLElement {
  const { text } = writing;
  const { currency, unsubmitted, task_per_hour: task } = figures;
  const money = (micros: number): string => amountOf(micros / MICROS, currency, writing);
  const left = unsubmitted > 0 ? ` (${text("popup_tasks_unsubmitted", count(unsubmitted, writing))})` : "";
  const rows: [string, string, string | null][] = [
    ["worked", text("popup_worked"), duration(figures.active_seconds, writing)],
    ["overhead", text("popup_unpaid_time"), duration(figures.overhead_seconds, writing)],
    ["earned", text("popup_earned"), money(figures.earned_micros)],
    ["pending", text("popup_pending"), money(figures.pending_micros)],
    ["tasks", text("popup_tasks"), `${count(figures.tasks, writing)}${left}`],
    [
      "task-rate",
      text("ledger_rate_task"),
      task === null ? null : amountPerHour({ amount: task, currency }, writing),
    ],
  ];
  const cells = rows.flatMap(([id, label, value]) =>
    value === null ? [] : [h("div", {}, h("dt", {}, label), h("dd", { class: "number", id }, value))],
  );
  return h("dl", { class: "facts" }, ...cells);
}

/** What does not work, and what of it the worker should know. */
export function warningsOf(today: Today, writing: Writing): HTMLElement[] {
  const { text } = writing;
  const words = [
    today.storage_failed ? text("popup_storage_failed") : null,
    today.consent.sharing && today.problem ? text(`popup_problem_${today.problem}`) : null,
    today.refused > 0 ? text("popup_refused", count(today.refused, writing)) : null,
    ...today.unfit.map((site) => text("popup_unfit", site)),
    ...today.unseen_ends.map((site) => text("popup_unseen_ends", site)),
    ...today.off.map((site) => text("popup_site_off", site)),
  ];
  const lost = today.lost.map((site) => lostSite(site, writing));
  return [...lost, ...words.flatMap((one) => (!one ? [] : [h("p", { class: "warn" }, one)]))];
}

/** The browser may only be asked straight from the click. */
function lostSite({ name, hosts }: Today["lost"][number], { text }: Writing): HTMLElement {
  const allow = h("button", { type: "button", class: "allow" }, text("popup_allow"));
  allow.addEventListener("click", () => requestOrigins(hosts));
  return h("p", { class: "warn" }, text("popup_lost", name), " ", allow);
}

/** What waits to be sent, and how old the rates are. */
export function status(today: Today, writing: Writing): HTMLElement[] {
  const { text } = writing;
  const rates =
    today.synced_at === null
      ? text("popup_rates_never")
      : text("popup_rates_from", moment(today.synced_at, writing));
  const waiting =
    today.waiting > 0 ? text("popup_waiting", count(today.waiting, writing)) : text("popup_all_sent");
  return [
    h("p", { class: "soft", id: "waiting" }, today.consent.sharing ? waiting : text("popup_sharing_off")),
    h("div", { id: "synced" }, today.fetches_rates ? h("p", { class: "soft" }, rates) : fetchOffer(text)),
  ];
}
