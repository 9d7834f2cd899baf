/** One lesson: takes what the worker points at, step by step, and turns it into the draft. Draws nothing. */

import { pathOf } from "../../core/teach/address";
import {
  type Draft,
  type DraftWork,
  FREE,
  type Step,
  stepAfter,
  stepBefore,
  type Teaching,
  UNASKED,
} from "../../core/teach/draft";
import {
  choicesIn,
  claimIn,
  type Doubt,
  type Found,
  pageSpot,
  paySpot,
  pressOf,
  type Refused,
  textSpot,
} from "./field_locators";
import { type Readings, readingsOf, rowsOf } from "./readings";
import { containersOf, likelyLists, likelyRow, type RowGuess, rowGuesses, rowsSelector } from "./rows";
import { pressables, pressedAt, speakers } from "./texts";

export type Refusal = Doubt | "outside_rows" | "one_row" | NonNullable<Readings["unfit"]>;

/** Something that may be chosen without a pointer. */
export interface Choice {
  element: Element;
  words: string;
}

export interface Lesson {
  teaching: () => Teaching;
  /** Why the last pick was not taken; null where it was. */
  doubt: () => Refusal | null;
  /** What was picked in this step, to frame it. */
  picked: () => Element | null;
  rows: () => Element[];
  readings: () => Readings;
  choices: () => Choice[];
  pick: (element: Element) => void;
  /** The row is a larger or a smaller part of the page than was guessed. */
  resize: (by: 1 | -1) => void;
  canResize: (by: 1 | -1) => boolean;
  change: (changes: Partial<Draft>) => void;
  changeWork: (changes: Partial<DraftWork>) => void;
  next: () => void;
  back: () => void;
  /** The site has no list, or the step can be left out. */
  skip: () => void;
  isCatching: () => boolean;
  /** The step has what it asks for. */
  isReady: () => boolean;
}

const MOST_CHOICES = 40;

interface State {
  teaching: Teaching;
  doubt: Refusal | null;
  picked: Element | null;
  guesses: RowGuess[];
  guess: number;
}

/** `keep` is called after every change. */
export function lesson(root: Document, from: Teaching, keep: (teaching: Teaching) => void): Lesson {
  const state: State = { teaching: from, doubt: null, picked: null, guesses: [], guess: 0 };
  const address = (): string => root.location.href;
  const put = (draft: Draft, step: Step = state.teaching.step): void => {
    state.teaching = { ...state.teaching, step, draft };
    keep(state.teaching);
  };
  const go = (step: Step): void => {
    state.picked = null;
    state.doubt = null;
    put(state.teaching.draft, step);
  };
  const takeRow = (): void => {
    const guess = state.guesses[state.guess];
    const found = guess && rowsSelector(guess);
    if (!guess || !found) {
      state.doubt = "no_selector";
      keep(state.teaching);
      return;
    }
    const [container] = containersOf(guess.row.parentElement ?? root.body);
    const nothing = { title: null, pay: null, client: null, claim: null };
    const list = { path: pathOf(address()), ...found, container: container ?? null, ...nothing };
    state.picked = guess.row;
    state.doubt = guess.like.length === 1 ? "one_row" : null;
    put({ ...state.teaching.draft, list });
  };
  const pick = (element: Element): void => {
    if (UNASKED.has(state.teaching.step)) return;
    state.doubt = null;
    if (state.teaching.step === "row") {
      state.guesses = rowGuesses(element);
      state.guess = likelyRow(state.guesses);
      takeRow();
      return;
    }
    const { draft, doubt, picked } = taken(root, state.teaching, element);
    state.doubt = doubt;
    if (doubt === null) state.picked = picked;
    if (draft !== null) put(draft);
    else keep(state.teaching);
  };
  const resize = (by: 1 | -1): void => {
    state.guess += by;
    takeRow();
  };
  const next = (): void => {
    const { step, draft } = state.teaching;
    if (step === "go" && draft.work?.path !== pathOf(address())) put(begunWork(draft, address()));
    go(stepAfter(step));
  };
  return {
    teaching: () => state.teaching,
    doubt: () => state.doubt,
    picked: () => state.picked,
    rows: () => rowsOf(state.teaching.draft, root),
    readings: () => readingsOf(state.teaching.draft, root, new URL(address())),
    choices: () => choicesFor(root, state.teaching),
    pick,
    resize,
    canResize: (by) => state.guesses[state.guess + by] !== undefined,
    change: (changes) => put({ ...state.teaching.draft, ...changes }),
    changeWork: (changes) => {
      const { draft } = state.teaching;
      if (draft.work !== null) put({ ...draft, work: { ...draft.work, ...changes } });
    },
    next,
    back: () => go(stepBefore(state.teaching.step)),
    skip: () => {
      const { step, draft } = state.teaching;
      if (step !== "row") return go(stepAfter(step));
      put({ ...draft, list: null });
      go("go");
    },
    isCatching: () => !FREE.has(state.teaching.step),
    isReady: () => isReady(state.teaching),
  };
}

function begunWork(draft: Draft, address: string): Draft {
  const work: DraftWork = {
    path: pathOf(address),
    title: null,
    pay: null,
    submit: null,
    back: null,
    afterwards: "leaves",
  };
  return { ...draft, work };
}

interface Taken {
  draft: Draft | null;
  doubt: Refusal | null;
  picked: Element;
}

/** The draft with what was pointed at; or why it cannot be taken. */
function taken(root: Document, { step, draft }: Teaching, element: Element): Taken {
  const refused = (doubt: Refusal): Taken => ({ draft: null, doubt, picked: element });
  const put = (changes: Partial<Draft>, picked = element): Taken => ({
    draft: { ...draft, ...changes },
    doubt: null,
    picked,
  });
  const { list, work } = draft;
  const found = (one: Found | Refused, take: (spot: Found["spot"]) => Taken): Taken =>
    "doubt" in one ? refused(one.doubt) : take(one.spot);
  if (list !== null && (step === "title" || step === "pay" || step === "client" || step === "claim")) {
    const row = element.closest(list.rows);
    const rows = rowsOf(draft, root);
    if (row === null) return step === "claim" ? pressedOnPage(root, draft, element) : refused("outside_rows");
    if (step === "claim") {
      const claim = claimIn(pressedAt(element), row, rows);
      return claim === null ? refused("no_selector") : put({ list: { ...list, claim } }, pressedAt(element));
    }
    const spot = step === "pay" ? paySpot(element, row, rows) : textSpot(element, row, rows);
    return found(spot, (one) => put({ list: { ...list, [step]: one } }));
  }
  if (work === null) return refused("no_selector");
  if (step === "work_title")
    return found(pageSpot(element, "text"), (title) => put({ work: { ...work, title } }));
  if (step === "work_pay") return found(pageSpot(element, "pay"), (pay) => put({ work: { ...work, pay } }));
  const pressed = pressedAt(element);
  const press = pressOf(pressed, root);
  if (press === null) return refused("no_selector");
  return put({ work: { ...work, [step === "submit" ? "submit" : "back"]: press } }, pressed);
}

/** A task may be taken on a page of its own: then it is enough that the page of work shows itself. */
function pressedOnPage(root: Document, draft: Draft, element: Element): Taken {
  const press = pressOf(pressedAt(element), root);
  const isTaken = press !== null && draft.list !== null;
  return { draft: isTaken ? draft : null, doubt: isTaken ? null : "no_selector", picked: pressedAt(element) };
}

function isReady({ step, draft }: Teaching): boolean {
  const { list, work } = draft;
  switch (step) {
    case "row":
      return list !== null;
    case "title":
      return list?.title !== null;
    case "pay":
      return list?.pay !== null;
    case "client":
      return list?.client !== null;
    case "claim":
      return list?.claim !== null;
    case "work_title":
      return work?.title !== null;
    case "work_pay":
      return work?.pay !== null;
    case "submit":
      return work?.submit !== null;
    case "back":
      return work?.back !== null;
    default:
      return true;
  }
}

/** For whom a pointer is no use: lists for the row, texts of a row for its parts, texts and buttons of the page for the work. */
function choicesFor(root: Document, { step, draft }: Teaching): Choice[] {
  if (step === "row") {
    return likelyLists(root).map(({ row, like }) => {
      const [first] = speakers(row);
      return {
        element: first ?? row,
        words: `${like.length} × ${(first?.textContent ?? "").trim().slice(0, 60)}`,
      };
    });
  }
  const [row] = rowsOf(draft, root);
  if (step === "title" || step === "pay" || step === "client") return row ? choicesIn(row) : [];
  if (step === "claim") return row ? pressables(row) : [];
  if (step === "submit" || step === "back") return pressables(root).slice(0, MOST_CHOICES);
  const body = root.querySelector("main") ?? root.body;
  return step === "work_title" || step === "work_pay" ? choicesIn(body).slice(0, MOST_CHOICES) : [];
}
