/** One task from the place where its pack says it stands, and how long ago it was claimed. */

import type { Clock, Pack, RewardPer, TaskFields, TaskPayKind } from "../../generated/contract";
import type { TaskReading } from "../../model/readings";
import { countAt, idAt, instantAt, moneyAt, type Place, secondsAt, textAt, titleAt } from "./fields";

/** The task of a place. Its title is "" where the page is not the one to tell it; null where it should and does not. */
export function readTask(fields: TaskFields, place: Place, pack: Pack): TaskReading | null {
  const absent = fields.title === null || fields.title.may_be_empty ? "" : null; // then its listing tells it
  const title = titleAt(fields.title, place) ?? absent;
  if (title === null) return null;
  const client = { id: idAt(fields.client_id, place), name: titleAt(fields.client_name, place) };
  const kind = kindOf(fields, place);
  const isTraining = kind === "training";
  const cap_seconds = secondsAt(fields.cap_seconds, place);
  return {
    platform: pack.slug,
    client: client.id === null && client.name === null ? null : client,
    task: { id: idAt(fields.task_id, place), title },
    ...(fields.rates.length > 0 ? rateOf(fields, kind, place) : rewardOf(fields, place)),
    ...(isTraining && { pay_kind: "training" as const }),
    ...(cap_seconds !== null && { cap_seconds }),
    units: countAt(fields.units, place) ?? 1,
    limit_seconds: secondsAt(fields.limit_seconds, place),
    estimate_seconds: secondsAt(fields.estimate_seconds, place),
    pack: { slug: pack.slug, version: pack.version },
  };
}

type Pay = Pick<TaskReading, "reward" | "reward_per" | "reward_to">;

function rewardOf(fields: TaskFields, place: Place): Pay {
  const per = perOf(fields, place);
  const reward = per === null ? null : moneyAt(fields.reward, place);
  const reward_to = reward === null ? null : moneyAt(fields.reward_to, place);
  const isRange = reward !== null && reward_to?.currency === reward.currency && reward_to.micros > 0;
  if (isRange && reward_to.micros < reward.micros) return { reward: null, reward_per: fields.reward_per };
  return {
    reward,
    reward_per: per ?? fields.reward_per,
    ...(isRange && reward_to.micros > reward.micros && { reward_to }),
  };
}

/** The only rate of its kind that pays; of two that differ neither is known to hold. */
function rateOf(fields: TaskFields, kind: TaskPayKind | null, place: Place): Pay {
  const rates = fields.rates.flatMap(({ pay_kind, reward_per, reward }) => {
    const amount = pay_kind === kind ? moneyAt(reward, place) : null;
    return amount !== null && amount.micros > 0 ? [{ reward: amount, reward_per }] : [];
  });
  const [rate] = rates;
  const isOne = rates.every((one) => JSON.stringify(one) === JSON.stringify(rate));
  return rate !== undefined && isOne ? rate : { reward: null, reward_per: fields.reward_per };
}

/** The kind of work; null where the site should say and does not, so that no rate is known to hold. */
function kindOf(fields: TaskFields, place: Place): TaskPayKind | null {
  if (fields.pay_kind_at === null) return "task";
  const words = textAt(fields.pay_kind_at, place);
  if (words === null) return null;
  const said = plainWord(words);
  const known = fields.pay_kind_words.find((kind) => kind.words.some((word) => plainWord(word) === said));
  return known?.pay_kind ?? "task";
}

/** What the pay is per; null where the site says so in words that the pack does not know. */
function perOf(fields: TaskFields, place: Place): RewardPer | null {
  if (fields.reward_per_at === null) return fields.reward_per;
  const said = plainWord(textAt(fields.reward_per_at, place) ?? "");
  const known = fields.reward_per_words.find(({ words }) => words.some((word) => plainWord(word) === said));
  return known?.reward_per ?? null;
}

/** How long ago, and the limit where only the clock tells it. */
export interface Timing {
  elapsed_seconds: number;
  limit_seconds: number | null;
}

export function timingOf(clock: Clock, place: Place, limit: number | null, now: number): Timing {
  const started = instantAt(clock.started_at, place);
  const expires = instantAt(clock.expires_at, place);
  const span =
    started !== null && expires !== null && expires > started ? Math.round((expires - started) / 1000) : null;
  const limit_seconds = limit ?? span;
  const remaining =
    secondsAt(clock.remaining_seconds, place) ?? (expires === null ? null : (expires - now) / 1000);
  const elapsed =
    secondsAt(clock.elapsed_seconds, place) ??
    (started === null ? null : (now - started) / 1000) ??
    (remaining === null || limit_seconds === null ? 0 : limit_seconds - remaining);
  return { elapsed_seconds: Math.max(0, Math.round(elapsed)), limit_seconds };
}

/** Words as they are compared: case, blanks, hyphens and underscores do not matter ("TIMED-OUT" is "TimedOut"). */
export function plainWord(word: string): string {
  return word.toLowerCase().replace(/[\s_-]+/g, "");
}
