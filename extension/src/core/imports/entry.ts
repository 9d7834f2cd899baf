/** One row of a history as an entry for the ledger, or why it is none. Nothing is guessed: what does not read is left out, counted. */

import {
  type Export,
  MAX_ACTIVE_SECONDS,
  MAX_ID_LENGTH,
  MAX_TITLE_LENGTH,
  type Money,
  type Outcome,
} from "../../generated/contract";
import { duration } from "../page/fields";
import { moneyOfText } from "../page/money";
import { plainWord } from "../page/task";
import { type Column, cell, type Format } from "./format";
import type { Row } from "./sheet";

/** Times are milliseconds since 1970. */
export interface Entry {
  /** The platform's id of the attempt, else what tells it from others. */
  attempt: string;
  /** Whether the platform itself named it. */
  is_named: boolean;
  title: string;
  client: { id: string | null; name: string | null } | null;
  task_id: string | null;
  started: number | null;
  ended: number | null;
  /** "2024-05-02" */
  day: string | null;
  /** Of work, where the file says so. */
  seconds: number | null;
  reward: Money | null;
  /** Without the bonus. */
  paid: Money | null;
  bonus: Money | null;
  outcome: Outcome;
}

export type Reason = "no_title" | "unreadable_time" | "unreadable_money" | "unknown_outcome" | "no_day";

const UNREADABLE = "unreadable";
type Read<T> = T | null | typeof UNREADABLE;

const UTC_SECONDS = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2})?)(\.\d+)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/;
const DAY = /^(\d{4}-\d{2}-\d{2})/;
const AMERICAN_DAY = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/;
const CLOCK = /^(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:\.\d+)?$/;

export function entryOf(row: Row, { pack, kind }: Format): Entry | Reason {
  const told = (column: Column): string | null => cell(row, kind, column);
  const title = told("title");
  if (title === null) return "no_title";
  const outcome = outcomeOf(told("outcome"), { pack, kind });
  if (outcome === null) return "unknown_outcome";
  const [started, ended] = [instantOf(told("started")), instantOf(told("ended"))];
  if (started === UNREADABLE || ended === UNREADABLE) return "unreadable_time";
  const seconds = secondsOf(told("seconds"));
  if (seconds === UNREADABLE) return "unreadable_time";
  const [reward, paid, bonus] = (["reward", "paid", "bonus"] as const).map((column) =>
    moneyIn(told(column), pack.currency),
  );
  if (reward === UNREADABLE || paid === UNREADABLE || bonus === UNREADABLE) return "unreadable_money";
  const day = dayIn(told("day")) ?? dayIn(told("started")) ?? dayIn(told("ended"));
  const named = told("attempt");
  if (day === null && named === null) return "no_day";
  return {
    attempt: named ?? [title, told("started") ?? day, told("ended") ?? ""].join("\n"),
    is_named: named !== null && named.length <= MAX_ID_LENGTH,
    title: Array.from(title).slice(0, MAX_TITLE_LENGTH).join("").trim(),
    client: clientOf(told("client_id"), told("client_name")),
    task_id: told("task_id"),
    started: started ?? null,
    ended: ended ?? null,
    day,
    seconds: seconds ?? null,
    reward: reward ?? null,
    paid: paid ?? listedAs(reward ?? null, outcome, kind),
    bonus: bonus ?? null,
    outcome,
  };
}

function outcomeOf(words: string | null, { kind }: Format): Outcome | null {
  if (words === null) return kind.outcome;
  const said = plainWord(words);
  return (
    kind.outcomes.find((one) => one.words.some((word) => plainWord(word) === said))?.outcome ?? kind.outcome
  );
}

/** A time with its zone, or in UTC where it names none. */
function instantOf(text: string | null): Read<number> {
  if (text === null) return null;
  const [, day, clock, , zone = "Z"] = UTC_SECONDS.exec(text) ?? [];
  const instant =
    day === undefined ? Number.NaN : Date.parse(`${day}T${clock}${zone === "UTC" ? "Z" : zone}`);
  return Number.isNaN(instant) ? UNREADABLE : instant;
}

function dayIn(text: string | null): string | null {
  if (text === null) return null;
  const [, month = "", date = "", year = ""] = AMERICAN_DAY.exec(text) ?? [];
  const day =
    DAY.exec(text)?.[1] ??
    (year === "" ? null : `${year}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`);
  return day === null || Number.isNaN(Date.parse(day)) ? null : day;
}

function secondsOf(text: string | null): Read<number> {
  if (text === null) return null;
  const [, hours = "0", minutes, rest] = CLOCK.exec(text) ?? [];
  const clock = minutes === undefined ? null : Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
  const plain = /^\d{1,7}(\.\d+)?$/.test(text) ? Number(text) : null;
  const seconds = clock ?? plain ?? duration(text);
  return seconds === null || seconds > MAX_ACTIVE_SECONDS ? UNREADABLE : seconds;
}

/** "$25/hr" is read as the amount before the stroke. */
function moneyIn(text: string | null, currency: string | null): Read<Money> {
  if (text === null || text === "-") return null;
  const [amount = ""] = text.split(/\s*(?:\/|per )/);
  return moneyOfText(amount, currency ?? (/^[\d.,]+$/.test(amount) ? "USD" : null), ".") ?? UNREADABLE;
}

function clientOf(id: string | null, name: string | null): Entry["client"] {
  const known = id !== null && id.length <= MAX_ID_LENGTH ? id : null;
  return known === null && name === null ? null : { id: known, name };
}

/** Where the file does not say what was paid: what was listed, for work that was taken. */
function listedAs(reward: Money | null, outcome: Outcome, { reward_per }: Export): Money | null {
  if (reward === null || reward_per !== "task") return null;
  return outcome === "approved" || outcome === "paid" ? reward : null;
}

/** What was paid in one currency; of two, the first stands alone. */
export function sum(one: Money | null, other: Money | null): Money | null {
  if (one === null || other === null) return one ?? other;
  return one.currency === other.currency ? { ...one, micros: one.micros + other.micros } : one;
}
