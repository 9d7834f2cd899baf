/** The explanation beneath a badge: opens on hover, focus and tap, closes on leaving, Escape and scrolling. Made when the worker first asks for it. */

import type { Act, BadgeMaking } from "./badge";
import type { Words } from "./words";

const OPEN_MS = 150; // a pointer that only passes opens nothing
const CLOSE_MS = 200; // time to move from the badge into its card
const GAP_PX = 6;
const EDGE_PX = 12;

export interface Card {
  say: (words: Words) => void;
  /** Takes the event by which the worker asks for it: of the pointer, the focus, or a tap. */
  wanted: (event: string) => void;
}

/** The card of `pill`, in the browser's top layer so that no row cuts it off. */
export function card(host: HTMLElement, shadow: ShadowRoot, pill: HTMLElement, making: BadgeMaking): Card {
  const { root, signal } = making;
  const state = { isOpen: false, isPinned: false, timer: 0 as ReturnType<typeof setTimeout> | 0 };
  let words: Words | null = null;
  let made: HTMLElement | null = null;
  const scrolled = (): void => set(false);
  const set = (isOpen: boolean): void => {
    clearTimeout(state.timer);
    if (isOpen === state.isOpen || words === null || (isOpen && !host.isConnected)) return;
    state.isOpen = isOpen;
    state.isPinned &&= isOpen;
    pill.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) {
      made ??= blank(pill, shadow, signal);
      fillCard(root, made, words, making);
      made.showPopover();
      place(made, pill);
      root.addEventListener("scroll", scrolled, { signal, capture: true, passive: true });
    } else {
      made?.hidePopover();
      root.removeEventListener("scroll", scrolled, { capture: true });
    }
  };
  const later = (isOpen: boolean): void => {
    clearTimeout(state.timer);
    const settle = (): void => set(isOpen || state.isPinned);
    state.timer = setTimeout(() => signal.aborted || settle(), isOpen ? OPEN_MS : CLOSE_MS);
  };
  host.addEventListener("pointerleave", () =>
    later(shadow.activeElement?.matches(":focus-visible") ?? false),
  );
  const wanted = (event: string): void => {
    if (event === "pointerenter") later(true);
    else if (event === "focus" && pill.matches(":focus-visible")) set(true);
    else if (event === "click") {
      state.isPinned = !state.isPinned;
      set(state.isPinned);
    }
  };
  shadow.addEventListener("focusout", (event) => isInside(shadow, event) || set(false));
  shadow.addEventListener("keydown", (event) => {
    if ((event as KeyboardEvent).key !== "Escape" || !state.isOpen) return;
    pill.focus();
    set(false);
  });
  const say = (now: Words): void => {
    words = now;
    if (state.isOpen && made !== null) fillCard(root, made, now, making);
  };
  return { say, wanted };
}

function blank(pill: HTMLElement, shadow: ShadowRoot, signal: AbortSignal): HTMLElement {
  const made = pill.ownerDocument.createElement("div");
  made.className = "card";
  made.dir = pill.dir;
  made.setAttribute("popover", "manual");
  made.setAttribute("role", "note");
  shadow.append(made);
  signal.addEventListener("abort", () => made.remove());
  return made;
}

/** Focus that moves from the badge into its card stays with it. */
function isInside(shadow: ShadowRoot, event: Event): boolean {
  const { relatedTarget } = event as FocusEvent;
  return relatedTarget instanceof Node && shadow.contains(relatedTarget);
}

export function fillCard(root: Document, made: HTMLElement, words: Words, making: BadgeMaking): void {
  const headlines = words.headlines.map((one, index) =>
    paragraph(root, index === 0 ? "headline" : "further", one),
  );
  const parts = root.createElement("dl");
  parts.className = "parts";
  for (const { label, value } of words.parts) parts.append(line(root, "dt", label), line(root, "dd", value));
  const notes = words.notes.map((note) => paragraph(root, "note", note));
  const hadFocus = made.contains((made.getRootNode() as ShadowRoot).activeElement);
  made.replaceChildren(
    ...headlines,
    ...(words.parts.length > 0 ? [parts] : []),
    ...notes,
    ...acts(root, words, making),
  );
  if (hadFocus) made.querySelector("button")?.focus();
}

/** Marks of the watch list are one tap away; notes are written on a page of ours, since this one hears every key. */
function acts(root: Document, words: Words, { act, isMarkable, text }: BadgeMaking): HTMLElement[] {
  const marks: Act[] = words.stance === null ? ["favour", "avoid", "note"] : ["unmark", "note"];
  const offered: Act[] = [...(words.offersRates ? ["fetch" as const] : []), ...(isMarkable ? marks : [])];
  if (offered.length === 0) return [];
  const row = paragraph(root, "acts", "");
  for (const which of offered) {
    const button = line(root, "button", text(`badge_act_${which}`));
    button.setAttribute("type", "button");
    button.addEventListener("click", (event) => event.isTrusted && act(which));
    row.append(button);
  }
  return [row];
}

/** Below the badge, or above it where there is no room, and always inside the window. */
function place(made: HTMLElement, pill: HTMLElement): void {
  const view = made.ownerDocument.documentElement;
  const at = pill.getBoundingClientRect();
  const size = made.getBoundingClientRect();
  const start = made.dir === "rtl" ? at.right - size.width : at.left;
  const left = Math.max(EDGE_PX, Math.min(start, view.clientWidth - size.width - EDGE_PX));
  const isRoomBelow = at.bottom + GAP_PX + size.height <= view.clientHeight;
  const top = isRoomBelow ? at.bottom + GAP_PX : Math.max(EDGE_PX, at.top - GAP_PX - size.height);
  made.style.left = `${left}px`;
  made.style.top = `${top}px`;
}

function paragraph(root: Document, name: string, words: string): HTMLElement {
  const made = line(root, "p", words);
  made.className = name;
  return made;
}

function line(root: Document, tag: string, words: string): HTMLElement {
  const made = root.createElement(tag);
  made.textContent = words;
  return made;
}
