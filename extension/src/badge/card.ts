/** The explanation beneath a badge: opens on hover, focus and tap, closes on leaving, Escape and scrolling. */

import type { BadgeMaking } from "./badge";
import type { Words } from "./words";

const OPEN_MS = 150; // a pointer that only passes opens nothing
const CLOSE_MS = 200; // time to move from the badge into its card
const GAP_PX = 6;
const EDGE_PX = 12;

/** The card of `pill`, in the browser's top layer so that no row cuts it off. */
export function card(host: HTMLElement, pill: HTMLElement, making: BadgeMaking): HTMLElement {
  const { root, signal } = making;
  const made = root.createElement("div");
  made.className = "card";
  made.dir = pill.dir;
  made.setAttribute("popover", "manual");
  made.setAttribute("role", "note");
  pill.setAttribute("aria-expanded", "false");
  const state = { isOpen: false, isPinned: false, timer: 0 as ReturnType<typeof setTimeout> | 0 };
  const scrolled = (): void => set(false);
  const set = (isOpen: boolean): void => {
    clearTimeout(state.timer);
    if (isOpen === state.isOpen || (isOpen && !host.isConnected)) return;
    state.isOpen = isOpen;
    state.isPinned &&= isOpen;
    pill.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) {
      made.showPopover();
      place(made, pill);
      root.addEventListener("scroll", scrolled, { signal, capture: true, passive: true });
    } else {
      made.hidePopover();
      root.removeEventListener("scroll", scrolled, { capture: true });
    }
  };
  const later = (isOpen: boolean): void => {
    clearTimeout(state.timer);
    state.timer = setTimeout(() => set(isOpen || state.isPinned), isOpen ? OPEN_MS : CLOSE_MS);
  };
  const click = (): void => {
    state.isPinned = !state.isPinned;
    set(state.isPinned);
  };
  host.addEventListener("pointerenter", () => later(true), { signal });
  host.addEventListener("pointerleave", () => later(false), { signal });
  pill.addEventListener("focus", () => set(true), { signal });
  pill.addEventListener("blur", () => set(false), { signal });
  pill.addEventListener("click", click, { signal });
  pill.addEventListener("keydown", (event) => event.key === "Escape" && set(false), { signal });
  signal.addEventListener("abort", () => clearTimeout(state.timer));
  return made;
}

export function fillCard(root: Document, made: HTMLElement, words: Words): void {
  const headline = paragraph(root, "headline", words.headline);
  const parts = root.createElement("dl");
  parts.className = "parts";
  for (const { label, value } of words.parts) parts.append(line(root, "dt", label), line(root, "dd", value));
  const notes = words.notes.map((note) => paragraph(root, "note", note));
  made.replaceChildren(headline, ...(words.parts.length > 0 ? [parts] : []), ...notes);
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
