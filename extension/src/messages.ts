/**
 * Every message between the parts of the extension, one union a direction, and what each is answered with.
 * `attempt` is the platform's own id of an attempt; it stays on the device.
 */

import type { Today } from "./ledger/figures";
import type { Ending, LaterOutcome, Subject, TaskReading } from "./readings";
import type { Rate } from "./snapshot/rate";

/** From a page's content script to the background. */
export type PageMessage =
  | { kind: "lookup"; platform: string; rows: TaskReading[] }
  | {
      kind: "claimed";
      attempt: string;
      task: TaskReading;
      /** Seconds since the claim where the page tells, else 0. */
      elapsed_seconds: number;
      /** "elsewhere": the work happens on a site we do not see, so open time is shared. */
      works: "here" | "elsewhere";
    }
  /** `attempt` null: the one attempt of this platform that is open, if there is just one. */
  | { kind: "ended"; platform: string; attempt: string | null; ending: Ending }
  | { kind: "outcomes"; platform: string; outcomes: LaterOutcome[] }
  /** Sent every few seconds while the page is in front and at every change of that. */
  | { kind: "pulse"; subject: Subject; active: boolean }
  /** The page no longer fits its pack: nothing was read from it. */
  | { kind: "unfit"; platform: string; page: string; reason: string };

/** The answer to `lookup`: one rate a row, in the order of the rows. */
export interface LookupAnswer {
  rates: Rate[];
}

/** From the popup, consent and options pages to the background. */
export type PanelMessage =
  | { kind: "today" }
  | { kind: "sync" }
  | { kind: "consent"; ledger: boolean; sharing: boolean };

export type Message = PageMessage | PanelMessage;

/** What each message is answered with. */
export interface Answers {
  lookup: LookupAnswer;
  claimed: null;
  ended: null;
  outcomes: null;
  pulse: null;
  unfit: null;
  today: Today;
  sync: null;
  consent: null;
}

/** Which messages a page of ours may send and a site's page may not. */
export const PANEL_KINDS: readonly Message["kind"][] = ["today", "sync", "consent"];
