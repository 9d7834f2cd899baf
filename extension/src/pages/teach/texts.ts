/** The texts of a part of a page, one an element: what can be pointed at, also without a pointer. */

import { wordsOf } from "../../core/page/fields";
import { amountIn } from "./amount";

const MOST = 400;
const MUTE = new Set(["script", "style", "noscript", "template", "svg", "option"]);

/** Elements below `top` (or it itself) that hold words of their own, in the page's order. */
export function speakers(top: Element): Element[] {
  const all = [top, ...Array.from(top.querySelectorAll("*")).slice(0, MOST)];
  return all.filter((one) => !MUTE.has(one.localName) && ownWords(one) !== "");
}

/** Words that stand in the element itself and not in one within it. */
function ownWords(element: Element): string {
  return Array.from(element.childNodes)
    .filter((node) => node.nodeType === 3)
    .map((node) => node.nodeValue ?? "")
    .join(" ")
    .trim();
}

/** Whether some text in it is pay that names its currency. */
export function namesPay(element: Element): boolean {
  return speakers(element).some((one) => amountIn(wordsOf(one))?.namesCurrency === true);
}

/** Whether some text in it could be pay, if only a bare number. */
export function holdsAmount(element: Element): boolean {
  return speakers(element).some((one) => amountIn(wordsOf(one)) !== null);
}

const PRESSABLE = "button, a[href], input[type=submit], input[type=button], [role=button], summary";

/** What can be pressed below `top`, with the words on it. */
export function pressables(top: ParentNode): { element: Element; words: string }[] {
  return Array.from(top.querySelectorAll(PRESSABLE)).flatMap((element) => {
    const words =
      wordsOf(element) || element.getAttribute("value") || element.getAttribute("aria-label") || "";
    return words === "" ? [] : [{ element, words }];
  });
}

/** What a click in it presses. */
export function pressedAt(clicked: Element): Element {
  return clicked.closest(PRESSABLE) ?? clicked;
}
