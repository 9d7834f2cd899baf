/** The script of teach mode: runs in the one site's pages while the worker teaches it, and leaves them when that is over. */

import { wordsOf } from "../../core/page/fields";
import { hostOf } from "../../core/teach/address";
import type { Teaching } from "../../core/teach/draft";
import { onStoredChange, send } from "../../platform/browser";
import { openSettings as settings } from "../../platform/storage";
import { catchPresses } from "./catcher";
import { type Lesson, lesson } from "./lesson";
import { type Marked, marks } from "./marks";
import { type Desk, panelFrame, panelOf } from "./panel";
import { SHEET } from "./style";

/** Two copies of this script in one page are one too many; only scripts of ours see this name. */
const HERE = "taskwage_teaching";

async function main(root: Document): Promise<void> {
  const teaching = await settings.teaching.get();
  if (teaching === null || hostOf(root.location.href) !== teaching.draft.host) return;
  const here = globalThis as unknown as Record<string, boolean>;
  if (here[HERE]) return;
  here[HERE] = true;
  const end = new AbortController();
  end.signal.addEventListener("abort", () => {
    here[HERE] = false;
  });
  teach(root, teaching, end);
}

function teach(root: Document, teaching: Teaching, end: AbortController): void {
  const { host, frames, frame } = stage(root);
  let isSaved = false;
  let isSaving = false;
  let over: Element | null = null;
  const course = lesson(root, teaching, (now) => {
    void settings.teaching.set(now);
    draw();
  });
  const leave = (): void => {
    end.abort();
    host.remove();
  };
  const desk: Desk = {
    save: async () => {
      isSaving = true; // the lesson ends with it, and this panel stays to say so
      const trouble = await send({ kind: "taught" });
      isSaved = trouble === null;
      isSaving = isSaved;
      if (isSaved) draw();
      return trouble;
    },
    stop: () => {
      leave();
      if (!isSaved) void send({ kind: "untaught" });
    },
    openSettings: () => void send({ kind: "taught_settings" }),
  };
  const redraw = marks(frames, () => (isSaved ? [] : marked(course, over)), end.signal);
  const draw = (): void => {
    show(frame, panelOf(course, desk, isSaved));
    redraw();
  };
  catchPresses({
    root,
    host,
    isCatching: () => !isSaved && course.isCatching(),
    pick: (element) => course.pick(element),
    hover: (element) => {
      over = element;
      redraw();
    },
    signal: end.signal,
  });
  onStoredChange(async (keys) => {
    const isGone = keys.includes(settings.teaching.key) && (await settings.teaching.get()) === null;
    if (isGone && !isSaving) leave();
  });
  draw();
}

/** The one node that the page gets, at the very end of it; all else is in its shadow. */
function stage(root: Document): { host: HTMLElement; frames: HTMLElement; frame: HTMLElement } {
  const host = root.createElement("span");
  const shadow = host.attachShadow({ mode: __OPEN_SHADOW_ROOTS__ ? "open" : "closed" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(SHEET);
  shadow.adoptedStyleSheets = [sheet];
  const frames = root.createElement("div");
  frames.className = "frames";
  const frame = panelFrame();
  shadow.append(frames, frame);
  for (const type of ["click", "keydown", "keyup", "pointerdown", "mousedown"]) {
    shadow.addEventListener(type, (event) => event.stopPropagation());
  }
  root.documentElement.append(host);
  return { host, frames, frame };
}

/** Draws anew and leaves the worker where they were: on the same control, or at the new question when the step changed. */
function show(frame: HTMLElement, parts: HTMLElement[]): void {
  const shadow = frame.getRootNode() as ShadowRoot;
  const focused = shadow.activeElement?.id ?? null;
  const asked = frame.querySelector("#ask")?.textContent;
  const isOpen = frame.querySelector<HTMLDetailsElement>("#choices")?.open ?? false;
  frame.replaceChildren(...parts);
  const question = frame.querySelector<HTMLElement>("#ask");
  const isNew = question?.textContent !== asked;
  const choices = frame.querySelector<HTMLDetailsElement>("#choices");
  if (choices) choices.open = isOpen;
  if (focused === null && asked !== undefined) return;
  const kept = focused ? frame.querySelector<HTMLElement>(`#${focused}`) : null;
  (isNew || kept === null ? question : kept)?.focus({ preventScroll: true });
}

function marked(course: Lesson, over: Element | null): Marked[] {
  const { step, draft } = course.teaching();
  const hover: Marked[] = over !== null && course.isCatching() ? [{ element: over, as: "hover" }] : [];
  const { list, work } = draft;
  if (work !== null && ["work_title", "work_pay", "submit", "back", "done"].includes(step)) {
    const spots: [string | undefined, Marked["as"]][] = [
      [work.title?.at, "title"],
      [work.pay?.at, "pay"],
    ];
    const presses = [work.submit, work.back].flatMap((press) => (press === null ? [] : pressAt(press)));
    const shown = spots.flatMap(([at, as]) => mark(document, at, as));
    return [...shown, ...presses.map((element): Marked => ({ element, as: "press" })), ...hover];
  }
  if (list === null || step === "go") return hover;
  const rows = course.rows();
  const within = rows.flatMap((row) => [
    ...mark(row, list.title?.at, "title"),
    ...mark(row, list.pay?.at, "pay"),
    ...mark(row, list.client?.at, "client"),
    ...mark(row, list.claim?.texts.length === 0 ? list.claim.at : undefined, "press"),
  ]);
  return [...rows.map((element): Marked => ({ element, as: "row" })), ...within, ...hover];
}

function mark(place: ParentNode, at: string | undefined, as: Marked["as"]): Marked[] {
  const element = at === undefined ? null : place.querySelector(at);
  return element === null ? [] : [{ element, as }];
}

function pressAt({ at, texts }: { at: string; texts: string[] }): Element[] {
  const found = Array.from(document.querySelectorAll(at));
  return texts.length === 0
    ? found.slice(0, 1)
    : found.filter((one) => texts.includes(wordsOf(one))).slice(0, 1);
}

void main(document);
