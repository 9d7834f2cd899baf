/**
 * Every message between the parts of the extension, one union a direction, and what each is answered with.
 * `attempt` is the platform's own id of an attempt; it stays on the device.
 */

import type { Words } from "./badge/words";
import type { Client } from "./generated/contract";
import type { Correction } from "./ledger/correction";
import type { Today } from "./ledger/figures";
import type { UsdPer } from "./ledger/pay";
import type { LedgerRecord } from "./ledger/record";
import type { OutboxPage } from "./outbox/desk";
import type { ExportFormat, Outcome } from "./outbox/rights";
import type { Ending, LaterOutcome, Subject, TaskReading } from "./readings";
import type { Erasure } from "./storage";
import type { Stance } from "./watchlist/entry";

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
  /** `attempt` null: the one attempt of this platform that is open, else the one last in front in the same tab. */
  | { kind: "ended"; platform: string; attempt: string | null; ending: Ending }
  | { kind: "outcomes"; platform: string; outcomes: LaterOutcome[] }
  /** Sent every few seconds while the page is in front and at every change of that. */
  | { kind: "pulse"; subject: Subject; active: boolean }
  /** The page no longer fits its pack: nothing was read from it. */
  | { kind: "unfit"; platform: string; page: string; reason: string }
  /** Rows that a listing did not show before; asked for only while the alarm listens there. */
  | { kind: "posted"; platform: string; rows: TaskReading[]; is_first: boolean }
  /** The worker avoids or favours the client of a row, or takes that back. */
  | { kind: "mark"; platform: string; client: Client; stance: Stance | null }
  /** The worker wants to write a note on a client: on a page of ours, since the site's page hears every key. */
  | { kind: "note"; platform: string; client: Client };

/** What a listing, and the options page, want of the background. */
export type ListingMessage = Extract<
  Message,
  { kind: "lookup" | "posted" | "mark" | "note" | "chime" | "chimed" }
>;

/** The answer to `lookup`: what to say of each row, in the order of the rows. Worded here, so that a page is kept busy less. */
export interface LookupAnswer {
  words: Words[];
}

/** What a page of ours asks a site's page, through its content script. */
export interface Question {
  kind: "rows";
}

/** The posted tasks that stand on a listing now, in its order. */
export interface Told {
  platform: string;
  rows: TaskReading[];
}

/** From the popup, consent and options pages to the background. */
export type PanelMessage =
  | { kind: "today" }
  | { kind: "sync" }
  /** Sounds the alarm once, to hear it. */
  | { kind: "chime" }
  /** The alarm has sounded. */
  | { kind: "chimed" }
  | { kind: "consent"; ledger: boolean; sharing: boolean }
  | LedgerMessage
  | OutboxMessage;

/** From the ledger page, and the popup's question after a task. */
export type LedgerMessage =
  | { kind: "correct"; id: string; correction: Correction }
  | { kind: "remove"; id: string }
  | { kind: "wipe" }
  /** The day's rates, to show money in one currency. */
  | { kind: "exchange" };

/** From the outbox and options pages. */
export type OutboxMessage =
  /** `after`: the last item of the page before. */
  | { kind: "outbox"; after: string | null }
  | { kind: "withdraw"; ids: string[] }
  | { kind: "hold"; is_held: boolean }
  | { kind: "withhold"; platform: string; is_withheld: boolean }
  | { kind: "country"; country: string | null }
  | { kind: "export"; format: ExportFormat }
  | { kind: "erase" };

export type Message = PageMessage | PanelMessage;

/** What each message is answered with. */
export interface Answers {
  lookup: LookupAnswer;
  claimed: null;
  ended: null;
  outcomes: null;
  pulse: null;
  unfit: null;
  posted: null;
  mark: null;
  note: null;
  today: Today;
  sync: null;
  chime: null;
  chimed: null;
  consent: null;
  /** The record as it stands now; null when it is gone. */
  correct: LedgerRecord | null;
  remove: null;
  wipe: null;
  exchange: UsdPer;
  outbox: OutboxPage;
  /** How many of them still waited. */
  withdraw: number;
  hold: null;
  withhold: null;
  country: null;
  export: Outcome<string>;
  erase: Outcome<Erasure | null>;
}

/** Which messages a page of ours may send and a site's page may not. */
export const PANEL_KINDS: readonly Message["kind"][] = [
  "today",
  "sync",
  "chime",
  "chimed",
  "consent",
  "correct",
  "remove",
  "wipe",
  "exchange",
  "outbox",
  "withdraw",
  "hold",
  "withhold",
  "country",
  "export",
  "erase",
];
