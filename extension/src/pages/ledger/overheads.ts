/** Where the time went that no task pays for. */

import type { OverheadDay } from "../../core/outbox/overheads";
import type { OverheadSeconds } from "../../generated/contract";
import { h } from "../panel/element";
import { duration, type Writing } from "../panel/format";

const CLASSES = ["search", "watch", "preview", "qualification", "messages", "payment", "learning"] as const;

/** `test_seconds`: of tasks at no pay, which are the price of getting work. */
export function overheads(days: readonly OverheadDay[], test_seconds: number, writing: Writing): HTMLElement {
  const { text } = writing;
  const more = (name: string): number => (name === "qualification" ? test_seconds : 0);
  const sums = CLASSES.map((name) => ({ name, seconds: secondsOf(days, name) + more(name) }))
    .filter(({ seconds }) => seconds > 0)
    .sort((one, other) => other.seconds - one.seconds);
  const most = sums[0]?.seconds ?? 1;
  const rows = sums.map(({ name, seconds }) => {
    const bar = h("span", { class: "share", "aria-hidden": "true" });
    bar.style.inlineSize = `${(seconds / most) * 100}%`;
    return h(
      "div",
      {},
      h("dt", {}, text(`overhead_${name}`)),
      h("dd", { class: "number" }, duration(seconds, writing)),
      bar,
    );
  });
  const body =
    rows.length > 0
      ? h("dl", { class: "shares" }, ...rows)
      : h("p", { class: "soft" }, text("overhead_none"));
  return h("section", { class: "card", id: "overheads" }, h("h2", {}, text("overhead_title")), body);
}

/** Seconds of all classes. */
export function secondsIn(days: readonly OverheadDay[]): number {
  return CLASSES.reduce((total, name) => total + secondsOf(days, name), 0);
}

function secondsOf(days: readonly OverheadDay[], name: keyof OverheadSeconds): number {
  return days.reduce((total, { seconds }) => total + (seconds[name] ?? 0), 0);
}
