/** The task that was recorded last, and the question after it: was it really that long? It stays put while the rest is redrawn. */

import type { LastTask } from "../../core/ledger/figures";
import { send, text } from "../../platform/browser";
import { settings } from "../../platform/settings";
import { money, siteName } from "../ledger/words";
import { apart, h } from "../panel/element";
import { duration, type Writing } from "../panel/format";
import { taps } from "../panel/taps";

/** A place for the last task, and what shows it there. */
export function lastTask(writing: Writing): { place: HTMLElement; show: (task: LastTask | null) => void } {
  const place = h("section", { class: "card", id: "finished", hidden: "" });
  let drawn = "";
  const show = (task: LastTask | null): void => {
    const words = JSON.stringify(task);
    if (words === drawn) return;
    drawn = words;
    place.hidden = task === null;
    if (task === null) return;
    const facts = [
      siteName(task.platform),
      duration(task.counted_seconds, writing),
      task.pay && money(task.pay.micros, task.pay.currency, writing),
      text(`outcome_${task.outcome}`),
    ];
    place.replaceChildren(
      h("h2", {}, text("popup_last")),
      h("p", { class: "title", dir: "auto" }, task.title),
      h("p", { class: "soft small", id: "last" }, ...apart(facts)),
      ...(task.outcome === "end_unseen" ? [outcomeQuestion(task)] : []),
      ...(task.guesses.length > 0 ? [question(task, writing, () => show({ ...task, guesses: [] }))] : []),
    );
  };
  return { place, show };
}

/** Nobody saw how it ended: the worker says it, else it stays open on this device. */
function outcomeQuestion({ id, title }: LastTask): HTMLElement {
  const buttons = (["submitted", "returned", "expired", "abandoned"] as const).map((outcome) => {
    const words = text(`task_end_${outcome}`);
    const button = h(
      "button",
      { type: "button", class: `end ${outcome}`, "aria-label": `${words}: ${title}` },
      words,
    );
    button.addEventListener("click", () => send({ kind: "correct", id, correction: { outcome } }));
    return button;
  });
  return h("div", { class: "ends" }, ...buttons);
}

/** Every answer ends the question: a time, "yes", or not wanting to be asked. */
function question(task: LastTask, writing: Writing, answered: () => void): HTMLElement {
  const end = (): void => {
    void settings.answered.set(task.id);
    answered();
  };
  const said = (seconds: number | null): void => {
    if (seconds !== null) void send({ kind: "correct", id: task.id, correction: { seconds } });
    end();
  };
  const dismiss = h("button", { type: "button", class: "dismiss" }, text("finished_dismiss"));
  dismiss.addEventListener("click", end);
  const asking = { measured: task.active_seconds, choices: task.guesses, counted: null };
  const made = taps({ ...asking, yes: text("finished_yes") }, writing, said);
  made.append(dismiss);
  return made;
}
