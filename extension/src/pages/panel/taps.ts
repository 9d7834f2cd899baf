/** The one-tap correction of a task's time. */

import { rounded } from "../../core/ledger/correction";
import { h } from "./element";
import { duration, type Writing } from "./format";

/** "Really about 12 min?" and the times it might have been; the one that counts is pressed. */
export function taps(
  measured: number,
  choices: readonly number[],
  counted: number,
  writing: Writing,
  said: (seconds: number | null) => void,
): HTMLElement {
  const buttons = choices.map((seconds) => {
    const isMeasured = seconds === rounded(measured);
    const isCounted = counted === seconds || (isMeasured && counted === measured);
    const pressed = { "aria-pressed": String(isCounted), class: "tap number" };
    const button = h("button", { type: "button", ...pressed }, duration(seconds, writing));
    button.addEventListener("click", () => said(isMeasured ? null : seconds));
    return button;
  });
  const question = writing.text("record_really", duration(rounded(measured), writing));
  return h(
    "div",
    { class: "taps", role: "group", "aria-label": question },
    h("span", {}, question),
    ...buttons,
  );
}
