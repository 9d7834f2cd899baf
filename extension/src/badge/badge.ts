/**
 * One badge: a plain span in the page, all else in its shadow. Focusable; explains itself on hover, focus and tap.
 *
 * Its clicks and keys end in it, so that a badge inside a link or a row opens nothing.
 */

import { card, fillCard } from "./card";
import { dress } from "./style";
import type { Text, Words } from "./words";

export interface BadgeMaking {
  root: Document;
  text: Text;
  direction: "ltr" | "rtl";
  /** Closed, so that the page cannot look in; open in test builds. */
  mode: ShadowRootMode;
  signal: AbortSignal;
}

export interface Badge {
  /** The only node that the page gets. */
  host: HTMLElement;
  show: (words: Words) => void;
}

const HELD_BACK = [
  "click",
  "dblclick",
  "mousedown",
  "mouseup",
  "pointerdown",
  "pointerup",
  "keydown",
  "keyup",
];

export function badge(making: BadgeMaking): Badge {
  const { root, text } = making;
  const host = root.createElement("span");
  const shadow = host.attachShadow({ mode: making.mode });
  dress(shadow, root);
  const pill = root.createElement("button");
  pill.type = "button";
  pill.dir = making.direction;
  const explanation = card(host, pill, making);
  shadow.append(pill, explanation);
  for (const event of HELD_BACK) shadow.addEventListener(event, keepIn, { signal: making.signal });
  const show = (words: Words): void => {
    fillPill(root, pill, words, text);
    fillCard(root, explanation, words);
  };
  return { host, show };
}

function keepIn(event: Event): void {
  event.stopPropagation();
  if (event.type === "click") event.preventDefault();
}

function fillPill(root: Document, pill: HTMLElement, words: Words, text: Text): void {
  pill.className = `pill ${words.tone}`;
  pill.setAttribute("aria-label", [text("extension_name"), words.headline, ...words.notes].join(". "));
  const spans = [span(root, "mark", ""), span(root, "figure", words.figure)];
  if (words.basis !== null) spans.push(span(root, "basis", words.basis));
  if (words.isDemo) spans.push(span(root, "demo", text("badge_demo")));
  pill.replaceChildren(...spans);
}

function span(root: Document, name: string, words: string): HTMLElement {
  const made = root.createElement("span");
  made.className = name;
  made.textContent = words;
  return made;
}
