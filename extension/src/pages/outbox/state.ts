/** How the outbox stands: what waits, why, and the buttons to hold it or let it go. */

import type { OutboxPage } from "../../core/outbox/controls";
import { send } from "../../platform/browser";
import { h } from "../panel/element";
import { count, moment } from "../panel/format";
import type { Desk } from "./outbox";

export function state(page: OutboxPage, desk: Desk): HTMLElement {
  const { text } = desk.writing;
  const hold = h(
    "button",
    { type: "button", id: "hold" },
    text(page.is_held ? "outbox_release" : "outbox_hold"),
  );
  hold.addEventListener("click", async () => {
    await send({ kind: "hold", is_held: !page.is_held });
    desk.say(text(page.is_held ? "outbox_released" : "outbox_held"));
    await desk.again();
    document.getElementById("hold")?.focus();
  });
  const now = h("button", { type: "button", id: "send" }, text("popup_refresh"));
  now.addEventListener("click", async () => {
    desk.say(text("outbox_sending"));
    await send({ kind: "sync" });
    desk.say("");
    await desk.again();
    document.getElementById("send")?.focus();
  });
  const isIdle = !page.is_sharing || page.is_held;
  return h(
    "section",
    { class: "card" },
    h("p", { id: "state" }, h("strong", {}, sentence(page, desk))),
    problem(page, desk),
    page.is_sharing ? h("div", { class: "buttons" }, hold, isIdle ? null : now) : null,
  );
}

function sentence(page: OutboxPage, { writing }: Desk): string {
  if (!page.is_sharing) return writing.text("popup_sharing_off");
  if (page.is_held) return writing.text("outbox_is_held", count(page.waiting, writing));
  if (page.waiting === 0) return writing.text("popup_all_sent");
  return writing.text("popup_waiting", count(page.waiting, writing));
}

function problem({ is_sharing, is_held, pause }: OutboxPage, { writing }: Desk): HTMLElement | null {
  if (!is_sharing || is_held || pause === null || pause.problem === null) return null;
  return h(
    "p",
    { class: "warn small" },
    writing.text(`popup_problem_${pause.problem}`),
    " ",
    writing.text("outbox_next_try", moment(pause.until, writing)),
  );
}
