/**
 * One badge: a plain span in the page, all else in its shadow. Focusable; explains itself on hover, focus and tap.
 *
 * Its clicks and keys end in it, so that a badge inside a link or a row opens nothing.
 */

import { type Card, card } from "./card";
import { dress } from "./style";
import type { Text, Words } from "./words";

/** What the worker may do from the explanation. */
export type Act = "avoid" | "favour" | "unmark" | "note" | "fetch";

export interface BadgeMaking {
  root: Document;
  text: Text;
  direction: "ltr" | "rtl";
  /** Closed, so that the page cannot look in; open in test builds. */
  mode: ShadowRootMode;
  act: (act: Act) => void;
  /** A hidden client cannot be marked. */
  isMarkable: boolean;
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
  pill.setAttribute("aria-expanded", "false");
  shadow.append(pill);
  for (const event of HELD_BACK) shadow.addEventListener(event, keepIn);
  let said: Words | null = null;
  let explanation: Card | null = null;
  const wanted = ({ type }: Event): void => {
    if (explanation === null) {
      explanation = card(host, shadow, pill, making);
      if (said) explanation.say(said);
    }
    explanation.wanted(type);
  };
  host.addEventListener("pointerenter", wanted);
  pill.addEventListener("focus", wanted);
  pill.addEventListener("click", wanted);
  const show = (words: Words): void => {
    said = words;
    fillPill(root, pill, words, text);
    explanation?.say(words);
  };
  return { host, show };
}

function keepIn(event: Event): void {
  event.stopPropagation();
  if (event.type === "click") event.preventDefault();
}

/** The badge's own line, for whoever draws one: in a page, or in a list beside it. */
export function fillPill(root: Document, pill: HTMLElement, words: Words, text: Text): void {
  pill.className = `pill ${words.tone}`;
  const spans = [
    words.stance && span(root, `stance ${words.stance.which}`, words.stance.label),
    span(root, "mark", ""),
    span(root, "figure", words.figure),
    words.interval && span(root, "interval", words.interval),
    words.basis && span(root, "basis", words.basis),
    words.side && span(root, "side", words.side),
    words.others && span(root, "others", words.others),
    words.isDemo ? span(root, "demo", text("badge_demo")) : null,
  ];
  pill.replaceChildren(...spans.filter((one) => one !== null && one !== ""));
  const shown = Array.from(pill.children, (one) => one.textContent ?? "");
  const rest = [...words.headlines, ...words.notes].map((note) => note.trim());
  const spoken = [text("extension_name"), ...shown, ...rest].filter((one) => one !== "");
  pill.setAttribute("aria-label", spoken.join(" ")); // what is seen first, word for word: some say it to click it
}

function span(root: Document, name: string, words: string): HTMLElement {
  const made = root.createElement("span");
  made.className = name;
  made.textContent = words;
  return made;
}
