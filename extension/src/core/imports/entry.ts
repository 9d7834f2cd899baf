/** One row of a history as an entry for the ledger, or why it is none. Nothing is guessed: what does not read is left out and shown. */

import { MAX_ID_LENGTH, MAX_TITLE_LENGTH, type Money, type Told } from "../../generated/contract";
import { plainWord } from "../page/task";
import { cut } from "../text";
import { moneyIn, secondsIn } from "./amounts";
import { dayIn, instantIn, isNumbered } from "./dates";
import { type Column, cell, type Format, nameOf } from "./format";
import type { Manner } from "./manner";
import type { Row, Sheet } from "./sheet";

/** Times are milliseconds since 1970. */
export interface Entry {
  /** Of the file, to show it. */
  line: number;
  /** The platform's id of the attempt, else what tells it from others. */
  attempt: string;
  /** Whether the platform itself named it. */
  is_named: boolean;
  title: string;
  client: { id: string | null; name: string | null } | null;
  task_id: string | null;
  started: number | null;
  ended: number | null;
  /** "2024-05-02"; null where the row has no time at all. */
  day: string | null;
  /** Of work, where the file says so. */
  seconds: number | null;
  /** As listed, or what is owed while it is undecided. */
  reward: Money | null;
  reward_per: Format["kind"]["reward_per"];
  /** Without the bonus. */
  paid: Money | null;
  bonus: Money | null;
  outcome: Told;
}

export type Reason =
  | "no_title"
  | "unreadable_time"
  | "ambiguous_day"
  | "unreadable_money"
  | "unknown_outcome"
  | "unfinished"
  | "no_day"
  | "in_the_future"
  | "unsure";

/** A row that is left out, with the cell that is to blame. */
export interface LeftOut {
  reason: Reason;
  line: number;
  column: string | null;
  cell: string | null;
}

const PAID: ReadonlySet<Told> = new Set(["approved", "paid", "screened_out"]);

export function isLeftOut(one: Entry | LeftOut): one is LeftOut {
  return "reason" in one;
}

/** Reads the rows of one file in one manner. */
export class Reader {
  private readonly hasOutcomes: boolean;

  constructor(
    private readonly sheet: Sheet,
    private readonly format: Format,
    private readonly manner: Manner,
  ) {
    this.hasOutcomes = nameOf(sheet, format.kind, "outcome") !== null;
  }

  read(row: Row): Entry | LeftOut {
    const { kind } = this.format;
    const written = (column: Column): string | null => cell(row, kind, column);
    const fault = (reason: Reason, column: Column): LeftOut => ({
      reason,
      line: row.line,
      column: nameOf(this.sheet, kind, column),
      cell: written(column),
    });
    const title = written("title");
    if (title === null) return fault("no_title", "title");
    const outcome = this.outcomeOf(written("outcome"));
    if (outcome === null || outcome === "unfinished") return fault(outcome ?? "unknown_outcome", "outcome");
    const times = this.timesOf(row, fault);
    if ("reason" in times) return times;
    const amounts = this.amountsOf(row, fault);
    if ("reason" in amounts) return amounts;
    const named = written("attempt");
    return {
      line: row.line,
      attempt: named ?? [title, written("started") ?? times.day ?? "", written("ended") ?? ""].join("\n"),
      is_named: named !== null && named.length <= MAX_ID_LENGTH,
      title: cut(title, MAX_TITLE_LENGTH).trim(),
      client: clientOf(written("client_id"), written("client_name")),
      task_id: written("task_id"),
      ...times,
      ...this.payOf(amounts, outcome),
      bonus: amounts.bonus,
      outcome,
    };
  }

  private outcomeOf(words: string | null): Told | "unfinished" | null {
    const { outcome, outcomes, unfinished } = this.format.kind;
    if (words === null) return this.hasOutcomes ? null : outcome;
    const said = plainWord(words);
    if (unfinished.some((word) => plainWord(word) === said)) return "unfinished";
    return outcomes.find((one) => one.words.some((word) => plainWord(word) === said))?.outcome ?? null;
  }

  private timesOf(
    row: Row,
    fault: (reason: Reason, column: Column) => LeftOut,
  ): Pick<Entry, "started" | "ended" | "day" | "seconds"> | LeftOut {
    const { kind } = this.format;
    const instants: Record<"started" | "ended", number | null> = { started: null, ended: null };
    for (const column of ["started", "ended"] as const) {
      const text = cell(row, kind, column);
      if (text === null) continue;
      instants[column] = instantIn(text, this.manner.day);
      if (instants[column] === null) return fault(this.timeFault(text), column);
    }
    const length = cell(row, kind, "seconds");
    const seconds = length === null ? null : secondsIn(length, this.manner.time);
    if (length !== null && seconds === null) return fault("unreadable_time", "seconds");
    const written = cell(row, kind, "day");
    const day = written === null ? null : dayIn(written, this.manner.day);
    if (written !== null && day === null) return fault(this.timeFault(written), "day");
    const started = cell(row, kind, "started") ?? cell(row, kind, "ended");
    return { ...instants, seconds, day: day ?? (started === null ? null : dayIn(started, this.manner.day)) };
  }

  private timeFault(text: string): Reason {
    return isNumbered(text) && this.manner.day === null ? "ambiguous_day" : "unreadable_time";
  }

  private amountsOf(
    row: Row,
    fault: (reason: Reason, column: Column) => LeftOut,
  ): Record<"reward" | "paid" | "bonus", Money | null> | LeftOut {
    const amounts: Record<"reward" | "paid" | "bonus", Money | null> = {
      reward: null,
      paid: null,
      bonus: null,
    };
    for (const column of ["reward", "paid", "bonus"] as const) {
      const text = cell(row, this.format.kind, column);
      if (text === null) continue;
      amounts[column] = moneyIn(text, this.manner);
      if (amounts[column] === null) return fault("unreadable_money", column);
    }
    return amounts;
  }

  /** What the file states as pay counts as paid only for work that was taken; before, it is owed. */
  private payOf(
    { reward, paid }: Record<"reward" | "paid", Money | null>,
    outcome: Told,
  ): Pick<Entry, "reward" | "reward_per" | "paid"> {
    const { reward_per } = this.format.kind;
    if (paid !== null && PAID.has(outcome)) return { reward, reward_per, paid };
    if (paid !== null) return { reward: paid, reward_per: "task", paid: null };
    const isListed = reward_per === "task" && (outcome === "approved" || outcome === "paid");
    return { reward, reward_per, paid: isListed ? reward : null };
  }
}

function clientOf(id: string | null, name: string | null): Entry["client"] {
  const known = id !== null && id.length <= MAX_ID_LENGTH ? id : null;
  return known === null && name === null ? null : { id: known, name };
}
