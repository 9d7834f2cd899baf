/** The items that wait: each opens to the very JSON that goes out, and can be taken out before it does. */

import type { OutboxPage } from "../../core/outbox/controls";
import type { OutboxItem } from "../../core/outbox/outbox";
import { packOf } from "../../core/packs/packs";
import { send } from "../../platform/browser";
import { h } from "../panel/element";
import { count, duration } from "../panel/format";
import { written } from "../panel/json";
import type { Desk } from "./outbox";

export function items(page: OutboxPage, desk: Desk): HTMLElement {
  const { text } = desk.writing;
  const list = h("ul", { class: "items", id: "items" }, ...page.items.map((one) => row(one, desk)));
  const body = page.items.length === 0 ? h("p", { class: "soft" }, text("outbox_empty")) : list;
  return h(
    "section",
    { class: "card" },
    h("h2", {}, text("outbox_items")),
    h("p", { class: "soft small" }, text("outbox_items_note")),
    body,
    more(page, list, desk),
  );
}

/** Loads the next page beneath; the button goes when there is none. */
function more(page: OutboxPage, list: HTMLElement, desk: Desk): HTMLElement | null {
  if (page.next === null) return null;
  let next: string | null = page.next;
  const button = h("button", { type: "button", id: "more" }, desk.writing.text("outbox_more"));
  button.addEventListener("click", async () => {
    const following = await send({ kind: "outbox", after: next });
    list.append(...following.items.map((one) => row(one, desk)));
    next = following.next;
    if (next === null) button.remove();
  });
  return button;
}

function row(waiting: OutboxItem, desk: Desk): HTMLElement {
  const { text } = desk.writing;
  const remove = h("button", { type: "button", class: "remove" }, text("outbox_remove"));
  remove.setAttribute("aria-label", `${text("outbox_remove")}: ${nameOf(waiting, desk)}`);
  remove.addEventListener("click", async () => {
    const removed = await send({ kind: "withdraw", ids: [waiting.id] });
    desk.say(text(removed > 0 ? "outbox_removed" : "outbox_gone"));
    await desk.again();
    document.querySelector<HTMLElement>("#items .remove, #hold")?.focus();
  });
  const summary = h(
    "summary",
    {},
    h("span", { dir: "auto" }, nameOf(waiting, desk)),
    h("span", { class: "soft small" }, detailOf(waiting, desk)),
  );
  const opened = h("details", {}, summary, written(waiting.item, text("outbox_json")));
  return h("li", {}, opened, remove);
}

function nameOf(waiting: OutboxItem, { writing }: Desk): string {
  if (waiting.kind === "observation") return waiting.item.task.title;
  if (waiting.kind === "health") return writing.text("outbox_health", waiting.item.week);
  if (waiting.kind === "action") return writing.text("outbox_action", waiting.item.week);
  return writing.text(waiting.kind === "overhead" ? "outbox_overhead" : "outbox_sighting", waiting.item.day);
}

/** The site, what became of the attempt, and the time it took. */
function detailOf(waiting: OutboxItem, { writing }: Desk): string {
  const { item, kind } = waiting;
  const site = packOf(item.platform)?.name ?? item.platform;
  if (kind === "overhead") {
    const seconds = Object.values(item.seconds).reduce((sum: number, one: number) => sum + one, 0);
    return [site, duration(seconds, writing)].join(" · ");
  }
  if (kind === "sighting") {
    const minutes = item.watched_minutes.reduce((sum, one) => sum + one, 0);
    return [site, duration(minutes * 60, writing)].join(" · ");
  }
  if (kind === "health") {
    const [read, all] = [item.read_rows ?? 0, item.expected_rows ?? 0].map((rows) => count(rows, writing));
    return [site, writing.text("outbox_health_rows", read ?? "", all ?? "")].join(" · ");
  }
  if (kind === "action") return [site, writing.text(`action_kind_${item.kind}`)].join(" · ");
  const parts = [site, writing.text(`outcome_${item.outcome}`), duration(item.active_seconds, writing)];
  if (item.revision > 1) parts.push(writing.text("outbox_revision", count(item.revision, writing)));
  return parts.join(" · ");
}
