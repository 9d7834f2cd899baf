/** Catches what the worker points at while teaching: the page gets none of it. In the browser's capture phase, before the page's own ears. */

/** Every event by which a page learns of a press. */
const CAUGHT = [
  "pointerdown",
  "pointerup",
  "mousedown",
  "mouseup",
  "touchstart",
  "touchend",
  "click",
  "dblclick",
  "auxclick",
  "contextmenu",
  "keydown",
  "keyup",
  "keypress",
  "submit",
];
/** Keys that press what has the focus. Others (Tab, arrows, Escape) are the worker's way about the page. */
const PRESSING = new Set(["Enter", " "]);
const SPENT_MS = 700;

export interface Catching {
  root: Document;
  /** Our own node, which hears its own clicks. */
  host: Element;
  /** False while the page is left to the worker. */
  isCatching: () => boolean;
  pick: (element: Element) => void;
  hover: (element: Element | null) => void;
  signal: AbortSignal;
}

export function catchPresses(catching: Catching): void {
  const { root, host, signal } = catching;
  const view = root.defaultView;
  let spent = Number.NEGATIVE_INFINITY;
  const caught = (event: Event): void => {
    const { target } = event;
    if (!catching.isCatching() || target === host) return;
    const isKey = event.type.startsWith("key");
    if (isKey && !PRESSING.has((event as KeyboardEvent).key)) return;
    event.stopImmediatePropagation();
    if (!event.type.startsWith("touch")) event.preventDefault(); // a finger may still scroll
    const element = pointedAt(root, event);
    if (element === null || element === host) return;
    const isDown = event.type === "pointerdown" && isDeaf(element);
    const isPress = event.type === "click" || event.type === "keydown";
    const isOver = event.timeStamp - spent < SPENT_MS; // the click that belongs to what was taken already
    if (isDown) spent = event.timeStamp;
    if (isDown || (isPress && !isOver)) catching.pick(element);
  };
  const moved = (event: Event): void => {
    if (catching.isCatching()) catching.hover(event.target === host ? null : pointedAt(root, event));
  };
  for (const type of CAUGHT) view?.addEventListener(type, caught, { capture: true, signal, passive: false });
  view?.addEventListener("pointermove", moved, { capture: true, signal, passive: true });
}

/** What lies under the pointer; a control that is switched off tells of no click, though it is pointed at. */
function pointedAt(root: Document, event: Event): Element | null {
  const { clientX, clientY } = event as PointerEvent;
  const isPoint = event.type.startsWith("pointer") && (clientX !== 0 || clientY !== 0);
  const under = isPoint ? root.elementFromPoint(clientX, clientY) : null;
  return under ?? (event.target instanceof Element ? event.target : null);
}

function isDeaf(element: Element): boolean {
  return element.matches(":disabled");
}
