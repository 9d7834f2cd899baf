/** What the worker has shown so far: selectors and choices, no elements, so that it outlives a page. Kept while teaching. */

import type { RewardPer } from "../../generated/contract";
import type { DecimalMark } from "../page/money";

/** Where one text stands, in a row or in a page, and the words around it that are no part of it. */
export interface Spot {
  at: string;
  before: string;
  after: string;
}

/** Something that is pressed. `texts`: the words on it, where nothing better tells it from others. */
export interface Press {
  at: string;
  texts: string[];
}

/** The page of posted tasks. */
export interface DraftList {
  path: string;
  rows: string;
  /** What holds the rows, also when there is none. */
  container: string | null;
  skip: number;
  title: Spot | null;
  pay: Spot | null;
  client: Spot | null;
  claim: Press | null;
}

/** The page of a claimed task. */
export interface DraftWork {
  path: string;
  /** Null: the title of the row whose claim was pressed. */
  title: Spot | null;
  pay: Spot | null;
  submit: Press | null;
  back: Press | null;
  /** What follows a submit: the page goes away, or the next task comes to the same place. */
  afterwards: "leaves" | "next";
}

export interface Draft {
  host: string;
  list: DraftList | null;
  work: DraftWork | null;
  reward_per: RewardPer;
  /** For amounts that name none. */
  currency: string | null;
  decimal: DecimalMark | null;
}

/** What the worker is asked for, in this order. */
export const STEPS = [
  "row",
  "title",
  "pay",
  "client",
  "claim",
  "check",
  "go",
  "work_title",
  "work_pay",
  "submit",
  "back",
  "done",
] as const;
export type Step = (typeof STEPS)[number];

/** Teaching as it is kept between pages. */
export interface Teaching {
  step: Step;
  draft: Draft;
  /** Where it was begun; the panel shows there as soon as the browser allows it. */
  tab: number | null;
}

export function begun(host: string, tab: number | null = null): Teaching {
  const draft = { host, list: null, work: null, reward_per: "task", currency: null, decimal: null } as const;
  return { step: "row", draft, tab };
}

export function stepAfter(step: Step): Step {
  return STEPS[STEPS.indexOf(step) + 1] ?? "done";
}

/** Back to the step before; what is not needed on the way (the walk to a task) is passed over. */
export function stepBefore(step: Step): Step {
  return STEPS[Math.max(0, STEPS.indexOf(step) - 1)] ?? "row";
}

/** Steps that may be left out. */
export const OPTIONAL: ReadonlySet<Step> = new Set<Step>([
  "row",
  "client",
  "claim",
  "work_title",
  "work_pay",
  "back",
]);
/** The one step in which the page is left to the worker, and says so: nothing is caught. */
export const FREE: ReadonlySet<Step> = new Set<Step>(["go"]);
/** Steps that ask for nothing on the page: a press there is caught and means nothing. */
export const UNASKED: ReadonlySet<Step> = new Set<Step>(["check", "go", "done"]);
