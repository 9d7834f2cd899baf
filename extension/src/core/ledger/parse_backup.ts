/** What a file says is believed only where it has the shape of our own: anything else is left out. */

import {
  type AccountActionKind,
  MAX_ACTIVE_SECONDS,
  MAX_REVISION,
  MAX_REWARD_MICROS,
  MAX_TITLE_LENGTH,
  MAX_UNITS,
  type Money,
  type Outcome,
  type OverheadSeconds,
  type RewardPer,
} from "../../generated/contract";
import type { KeptAction } from "../../model/account_action";
import type { RecordOutcome, TaskReading } from "../../model/readings";
import type { OverheadDay } from "../outbox/overheads";
import { clientName } from "../snapshot/keys";
import { cut } from "../text";
import type { ClosedAccount } from "./account";
import type { LedgerRecord } from "./record";

type Fields = Record<string, unknown>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SLUG = /^[a-z][a-z0-9_]{1,30}$/;
const CURRENCY = /^[A-Z]{3}$/;
const VERSION = /^\d{1,3}\.\d{1,3}\.\d{1,3}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const OUTCOMES: ReadonlySet<unknown> = new Set<RecordOutcome>([
  "submitted",
  "approved",
  "rejected",
  "paid",
  "returned",
  "expired",
  "screened_out",
  "abandoned",
  "end_unseen",
]);
const REWARD_PER: ReadonlySet<unknown> = new Set<RewardPer>(["task", "unit", "hour", "thousand"]);
const MAX_NAME_LENGTH = 1_000;
const MOST_CURRENCIES = 10;
const MAX_INSTANT = 8_640_000_000_000_000; // the last one that a calendar knows
const MAX_SECONDS = 100 * 366 * 86_400;

export function recordIn(given: unknown): LedgerRecord | null {
  if (!isObject(given)) return null;
  const { id, revision, platform, attempt, claimed_at, ended_at, active_seconds, outcome, day } = given;
  const task = taskIn(given.task, platform);
  const isOurs =
    matches(id, UUID) &&
    matches(platform, SLUG) &&
    isText(attempt, MAX_NAME_LENGTH) &&
    isWithin(revision, 1, MAX_REVISION) &&
    isWithin(claimed_at, 0, MAX_INSTANT) &&
    isWithin(ended_at, 0, MAX_INSTANT) &&
    isWithin(active_seconds, 0, MAX_SECONDS) &&
    matches(day, DAY) &&
    OUTCOMES.has(outcome);
  if (!isOurs || task === null) return null;
  return {
    id: id as string,
    revision: Math.round(revision as number),
    is_shared: given.is_shared === true,
    is_own: true,
    platform: platform as string,
    attempt: attempt as string,
    ...(isText(given.site_id, MAX_NAME_LENGTH) ? { site_id: given.site_id } : {}),
    task,
    client_key: clientName(task),
    works: given.works === "elsewhere" ? "elsewhere" : "here",
    ...(given.by_hand === true ? { by_hand: true } : {}),
    claimed_at: claimed_at as number,
    ended_at: ended_at as number,
    day: day as string,
    active_seconds: active_seconds as number,
    ...(matches(given.extension_version, VERSION) ? { extension_version: given.extension_version } : {}),
    ...(isWithin(given.unseen_seconds, 0, MAX_SECONDS) ? { unseen_seconds: given.unseen_seconds } : {}),
    ...(given.is_elsewhere === true ? { is_elsewhere: true } : {}),
    ...(given.is_superseded === true ? { is_superseded: true } : {}),
    ...(given.is_untimed === true ? { is_untimed: true } : {}),
    corrected_seconds: isWithin(given.corrected_seconds, 0, MAX_ACTIVE_SECONDS)
      ? given.corrected_seconds
      : null,
    outcome: outcome as RecordOutcome,
    paid: moneyIn(given.paid),
    bonus: moneyIn(given.bonus),
    ...otherPaidIn(given.other_paid),
    ...(isWithin(given.paid_seconds, 0, MAX_SECONDS) ? { paid_seconds: given.paid_seconds } : {}),
    ...earlierPayIn(given.earlier_pay),
    decided_on: matches(given.decided_on, DAY) ? given.decided_on : null,
    told_on: matches(given.told_on, DAY) ? given.told_on : null,
    overruled: overruledIn(given.overruled),
    end_imputed: given.end_imputed === true,
    refusal: null,
  };
}

function earlierPayIn(given: unknown): Pick<LedgerRecord, "earlier_pay"> {
  const earlier = (Array.isArray(given) ? given : []).flatMap((one) => {
    const paid = isObject(one) ? moneyIn(one.paid) : null;
    return paid !== null && matches(one.until, DAY) ? [{ until: one.until, paid }] : [];
  });
  return earlier.length > 0 ? { earlier_pay: earlier } : {};
}

export function overheadIn(given: unknown): OverheadDay | null {
  if (!isObject(given) || !isObject(given.seconds)) return null;
  const { platform, day, id, revision, told_revision } = given;
  const isOurs = matches(platform, SLUG) && matches(day, DAY) && matches(id, UUID);
  if (!isOurs || !isWithin(revision, 0, MAX_REVISION) || !isWithin(told_revision, 0, MAX_REVISION))
    return null;
  const seconds = Object.fromEntries(
    CLASSES.flatMap((name) => {
      const value = (given.seconds as Fields)[name];
      return isWithin(value, 0, 86_400) ? [[name, value]] : [];
    }),
  ) as OverheadSeconds;
  return { platform, day, id, revision, told_revision, is_shared: given.is_shared === true, seconds };
}

const CLASSES = ["search", "watch", "preview", "qualification", "messages", "payment", "learning"] as const;

export function accountIn(given: unknown): ClosedAccount | null {
  if (!isObject(given) || !matches(given.platform, SLUG) || !matches(given.closed_on, DAY)) return null;
  return { platform: given.platform, closed_on: given.closed_on, balance: moneyIn(given.balance) };
}

const ACTION_KINDS: ReadonlySet<unknown> = new Set([
  "warning",
  "pause",
  "removal",
] satisfies AccountActionKind[]);

export function actionIn(given: unknown): KeptAction | null {
  if (!isObject(given) || !matches(given.platform, SLUG) || !matches(given.day, DAY)) return null;
  if (!matches(given.id, UUID) || !ACTION_KINDS.has(given.kind)) return null;
  const { id, platform, day } = given;
  return { id, platform, day, kind: given.kind as AccountActionKind, pending: moneyIn(given.pending) };
}

function taskIn(given: unknown, platform: unknown): TaskReading | null {
  if (!isObject(given) || !isObject(given.task) || !isObject(given.pack)) return null;
  const { title } = given.task;
  const isOurs =
    given.platform === platform &&
    isText(title, MAX_NAME_LENGTH) &&
    REWARD_PER.has(given.reward_per) &&
    isWithin(given.units, 0, MAX_UNITS) &&
    matches(given.pack.slug, SLUG) &&
    isWithin(given.pack.version, 1, 30_000);
  if (!isOurs) return null;
  return {
    platform: platform as string,
    client: clientIn(given.client),
    task: { id: textOrNull(given.task.id), title: cut(title, MAX_TITLE_LENGTH) },
    reward: moneyIn(given.reward),
    ...extraIn(given),
    reward_per: given.reward_per as RewardPer,
    units: given.units as number,
    limit_seconds: secondsOrNull(given.limit_seconds),
    estimate_seconds: secondsOrNull(given.estimate_seconds),
    pack: { slug: given.pack.slug as string, version: given.pack.version as number },
  };
}

/** What only some sites tell of a task. */
function extraIn(given: Fields): Pick<TaskReading, "reward_to" | "pay_kind" | "cap_seconds"> {
  const reward_to = moneyIn(given.reward_to);
  return {
    ...(reward_to !== null && { reward_to }),
    ...(given.pay_kind === "training" && { pay_kind: "training" as const }),
    ...(isWithin(given.cap_seconds, 0, MAX_SECONDS) && { cap_seconds: given.cap_seconds }),
  };
}

function clientIn(given: unknown): TaskReading["client"] {
  return isObject(given) ? { id: textOrNull(given.id), name: textOrNull(given.name) } : null;
}

function moneyIn(given: unknown): Money | null {
  if (!isObject(given) || !matches(given.currency, CURRENCY)) return null;
  const { micros, currency } = given;
  return isWithin(micros, 0, MAX_REWARD_MICROS) && Number.isInteger(micros) ? { micros, currency } : null;
}

function otherPaidIn(given: unknown): Pick<LedgerRecord, "other_paid"> {
  const amounts = Array.isArray(given)
    ? given.slice(0, MOST_CURRENCIES).flatMap((one) => moneyIn(one) ?? [])
    : [];
  return amounts.length > 0 ? { other_paid: amounts } : {};
}

function overruledIn(given: unknown): LedgerRecord["overruled"] {
  if (!isObject(given) || !OUTCOMES.has(given.outcome)) return null;
  return { outcome: given.outcome as Outcome, paid: moneyIn(given.paid) };
}

function secondsOrNull(given: unknown): number | null {
  return isWithin(given, 0, MAX_SECONDS) ? given : null;
}

function textOrNull(given: unknown): string | null {
  return isText(given, MAX_NAME_LENGTH) ? given : null;
}

function isText(given: unknown, longest: number): given is string {
  return typeof given === "string" && given.length <= longest;
}

function matches(given: unknown, pattern: RegExp): given is string {
  return typeof given === "string" && pattern.test(given);
}

function isWithin(given: unknown, least: number, most: number): given is number {
  return typeof given === "number" && given >= least && given <= most;
}

function isObject(given: unknown): given is Fields {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}
