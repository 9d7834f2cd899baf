/**
 * Every message between the parts of the extension, one union a direction, and what each is answered with.
 * `attempt` is the platform's own id of an attempt; it stays on the device.
 */

import type { Client, Ended, Pack, ShapeReport } from "../generated/contract";
import type {
  BeatAnswer,
  Ending,
  HeldAttempt,
  LaterOutcome,
  Posted,
  Subject,
  TaskReading,
} from "../model/readings";
import type { StatementReading } from "../model/statement";
import type { Erasure } from "../platform/storage";
import type { ActionSaid } from "./account_actions/keep";
import type { Words } from "./badge/words";
import type { Correction } from "./ledger/correction";
import type { Today } from "./ledger/figures";
import type { UsdPer } from "./ledger/pay";
import type { LedgerRecord } from "./ledger/record";
import type { ByHand } from "./manual/by_hand";
import type { OutboxPage } from "./outbox/controls";
import type { ExportFormat, Outcome } from "./outbox/rights";
import type { SettleMessage } from "./tap/settle";
import type { Stance } from "./watchlist/entry";

/** From a page's content script to the background. */
export type PageMessage =
  /** Asked first: what is known of this site. Which site it is, the browser says, not the page. */
  | { kind: "pack" }
  | { kind: "lookup"; platform: string; rows: TaskReading[] }
  | {
      kind: "claimed";
      attempt: string;
      task: TaskReading;
      /** Seconds since the claim where the page tells, else 0. */
      elapsed_seconds: number;
      /** "elsewhere": the work happens on a site we do not see, so open time is shared. */
      works: "here" | "elsewhere";
      /** "submit": until it is sent in, it was only looked at. */
      claimed_by: "page" | "submit";
      /** What the last attempt came to when the tab goes straight on to this one, and it is of the same task. */
      next: Ended | null;
      /** The worker just came to this page: it does not merely draw itself again after an end. */
      is_arrival?: true;
    }
  /** The worker's open attempts, all of them. `gone`: what one came to that is listed no more. */
  | {
      kind: "held";
      platform: string;
      attempts: HeldAttempt[];
      gone: Ended | null;
    }
  /** Rows of a listing whose tasks tell less of themselves once they are claimed. */
  | { kind: "seen"; platform: string; rows: Posted[] }
  /** The posted task, as its listing names it, whose page is in front in this tab; null: the page of none. */
  | { kind: "opened"; platform: string; task: string | null }
  /** `attempt` null: the one attempt of this platform that is open, else the one last in front in the same tab. */
  | {
      kind: "ended";
      platform: string;
      attempt: string | null;
      ending: Ending;
      /** Nothing is claimed on this site until it is sent in, so an end without a name is of something that was opened. */
      of_trial?: boolean;
    }
  | { kind: "outcomes"; platform: string; outcomes: LaterOutcome[] }
  /** Sent every few seconds while the page is in front and at every change of that. */
  | {
      kind: "pulse";
      subject: Subject;
      active: boolean;
      /** The worker's input goes to a frame of another site: only the system knows whether there is any. */
      in_frame?: boolean;
      /** Nobody has touched anything for a while, as the system says. */
      idle?: boolean;
      /** The page is being left. */
      is_leaving?: boolean;
    }
  /** The worker clicked something that may open a tab beside the page. */
  | { kind: "clicked" }
  /** The page no longer fits its pack: nothing was read from it. */
  | { kind: "unfit"; platform: string; page: string; reason: string }
  /** The site's own totals for the worker's account. */
  | { kind: "statement"; platform: string; statement: StatementReading }
  /** How many rows a page lists and how many of them were read, once a visit; only sums of it are kept. */
  | { kind: "capture"; platform: string; expected: number; matched: number }
  /** Rows that a listing did not show before; asked for only while the alarm listens there. */
  | { kind: "posted"; platform: string; rows: TaskReading[]; is_first: boolean }
  /**
   * The rows of an open listing as numbers, with how many are left of each where it says so (else null), now and then,
   * while the worker shares; only counts of them are kept.
   */
  | {
      kind: "glance";
      platform: string;
      view: number;
      rows: number[];
      left: (number | null)[];
      by_hand: boolean;
    }
  /** The worker wants the published rates fetched. */
  | { kind: "fetch_rates" }
  /** The worker avoids or favours the client of a row, or takes that back. */
  | { kind: "mark"; platform: string; client: Client; stance: Stance | null }
  /** The worker wants to write a note on a client: on a page of ours, since the site's page hears every key. */
  | { kind: "note"; platform: string; client: Client };

/** What a listing, and the options page, want of the background. */
export type ListingMessage = Extract<
  Message,
  { kind: "lookup" | "posted" | "mark" | "note" | "chime" | "chimed" }
>;

/** The answer to `lookup`: what to say of each row. Worded in the background, so that a page is kept busy less. */
export interface LookupAnswer {
  /** Each once: rows of one listing say much the same. */
  words: Words[];
  /** For each row that was asked for, the place of its words. */
  places: number[];
}

/** What a page of ours asks a site's page, through its content script. */
export interface Question {
  kind: "rows" | "shape";
}

/** The report of a page that no longer fits its pack. */
export interface ShapeTold {
  platform: string;
  pack_version: number;
  page: string;
  report: string;
  /** The page did not change: nothing of it was ever known. */
  is_unknown: boolean;
}

/** What each question is answered with; null where there is nothing to tell. */
export interface QuestionAnswers {
  rows: Told;
  shape: ShapeTold;
}

/** The posted tasks that stand on a listing now, in its order. */
export interface Told {
  platform: string;
  /** The page no longer fits its pack: no row of it is read. */
  is_changed: boolean;
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
  /** The worker has seen the report of a page's shape, and sends it to those who mend packs. */
  | { kind: "send_shape"; report: ShapeReport }
  | ActionMessage
  | SettleMessage
  | TaskMessage
  | MendMessage
  | OutboxMessage;

/** What a platform did to the worker's account, as the worker says on the ledger page. */
export type ActionMessage =
  | { kind: "account_action"; said: ActionSaid }
  | { kind: "remove_action"; id: string };

/** From the ledger page, and the popup's question after a task. */
export type LedgerMessage =
  | { kind: "correct"; id: string; correction: Correction }
  | { kind: "remove"; id: string }
  | { kind: "wipe" }
  /** The day's rates, to show money in one currency. */
  | { kind: "exchange" }
  /** The ledger page itself wrote many records: a file was taken in or restored. */
  | { kind: "records_changed" };

/** Of teach mode: begun and ended on our pages, kept and given up by the panel in the site's page. */
export type TeachMessage =
  | { kind: "teach"; host: string; tab: number | null }
  | { kind: "forget_taught"; slug: string }
  /** The lesson is whole: keep it. */
  | { kind: "taught" }
  | { kind: "untaught" }
  | { kind: "taught_settings" };

/** The worker has looked at a record that looks wrong. */
export interface MendMessage {
  kind: "mend";
  id: string;
  /** False: it is right as it is. */
  is_mended: boolean;
}

/** The worker says how an open task ended. Answered with false where it is not open any more. */
export interface TaskMessage {
  kind: "task_end";
  platform: string;
  attempt: string;
  /** "abandoned": the worker was not working on it. "still_working": it goes on, however long it takes. */
  outcome: "submitted" | "returned" | "expired" | "abandoned" | "still_working";
}

/** Of the timer that the worker starts and stops in the popup. Answered with false where there was nothing to do it to. */
export type ByHandMessage =
  | { kind: "begin_by_hand"; said: ByHand }
  | { kind: "pause_by_hand"; is_paused: boolean }
  | { kind: "end_by_hand"; ending: "submitted" | "returned" }
  /** Tasks to pick from. */
  | { kind: "recent_tasks" };

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

export type Message = PageMessage | PanelMessage | TeachMessage | ByHandMessage;

/** What each message is answered with. */
export interface Answers {
  pack: Pack | null;
  lookup: LookupAnswer;
  claimed: null;
  held: null;
  seen: null;
  opened: null;
  ended: null;
  outcomes: null;
  pulse: BeatAnswer;
  clicked: null;
  unfit: null;
  posted: null;
  glance: null;
  capture: null;
  account_action: null;
  remove_action: null;
  statement: null;
  fetch_rates: null;
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
  records_changed: null;
  settle: null;
  /** Whether the server took it. */
  send_shape: boolean;
  /** False where the task is not open any more. */
  task_end: boolean;
  mend: LedgerRecord | null;
  outbox: OutboxPage;
  /** How many of them still waited. */
  withdraw: number;
  hold: null;
  withhold: null;
  country: null;
  begin_by_hand: boolean;
  pause_by_hand: boolean;
  end_by_hand: boolean;
  recent_tasks: TaskReading[];
  teach: null;
  forget_taught: null;
  /** What stands in the way, as a key of the catalogue. */
  taught: string | null;
  untaught: null;
  taught_settings: null;
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
  "records_changed",
  "account_action",
  "remove_action",
  "settle",
  "send_shape",
  "task_end",
  "mend",
  "begin_by_hand",
  "pause_by_hand",
  "end_by_hand",
  "recent_tasks",
  "teach",
  "forget_taught",
  "outbox",
  "withdraw",
  "hold",
  "withhold",
  "country",
  "export",
  "erase",
];
