/** The question after a task: was it really that long? One tap answers it; it stays put while the rest of the popup is drawn anew. */

import type { FinishedTask } from "../../core/ledger/figures";
import { send, text } from "../../platform/browser";
import { h } from "../panel/element";
import type { Writing } from "../panel/format";
import { taps } from "../panel/taps";

/** A place for the question, and what shows it there. */
export function finishedTask(writing: Writing): {
  place: HTMLElement;
  ask: (task: FinishedTask | null) => void;
} {
  const place = h("section", { class: "card", id: "finished", hidden: "" });
  let asked: string | null = null;
  let answered: string | null = null;
  const ask = (task: FinishedTask | null): void => {
    place.hidden = task === null || task.id === answered;
    if (task === null || task.id === asked) return;
    asked = task.id;
    const said = (seconds: number | null): void => {
      answered = task.id;
      place.hidden = true;
      void send({ kind: "correct", id: task.id, correction: { seconds } });
    };
    place.replaceChildren(
      h("h2", {}, text("finished_title")),
      h("p", { class: "title", dir: "auto" }, task.title),
      taps(task.active_seconds, task.guesses, task.active_seconds, writing, said),
    );
  };
  return { place, ask };
}
