/** The one-tap correction of a task's time. */

import { isFar, rounded } from "../../core/ledger/correction";
import { h } from "./element";
import { duration, type Writing } from "./format";

export interface Asking {
  measured: number;
  choices: readonly number[];
  /** The time that counts now; its button is pressed. Null: none is. */
  counted: number | null;
  /** What stands on the button of the measured time in place of that time; null: the time. */
  yes: string | null;
}

/** "Really about 12 min?" and the times it might have been. A time far from the measured one takes a second tap. */
export function taps(
  { measured, choices, counted, yes }: Asking,
  writing: Writing,
  said: (seconds: number | null) => void,
): HTMLElement {
  const buttons = choices.map((seconds) => {
    const isMeasured = seconds === rounded(measured);
    const isCounted = counted === seconds || (isMeasured && counted === measured);
    const pressed = counted === null ? {} : { "aria-pressed": String(isCounted) };
    const words = (isMeasured ? yes : null) ?? duration(seconds, writing);
    const button = h("button", { type: "button", ...pressed, class: "tap number" }, words);
    let isSure = isMeasured || !isFar(seconds, measured);
    button.addEventListener("click", () => {
      if (isSure) return said(isMeasured ? null : seconds);
      isSure = true;
      button.replaceChildren(writing.text("record_sure", duration(seconds, writing)));
    });
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
