/** A task that the worker times by hand: what they say of it, and the attempt that comes of it. Pure. */

import {
  MAX_REWARD_MICROS,
  MAX_TITLE_LENGTH,
  MAX_UNITS,
  type Money,
  type RewardPer,
} from "../../generated/contract";
import { MADE_NAME, type TaskReading } from "../../model/readings";
import { packOf } from "../packs/packs";
import { micros } from "../page/money";
import { cut } from "../text";
import type { Attempt } from "../timer/session";

/** As the worker says it. */
export interface ByHand {
  title: string;
  /** A platform's slug; null: `platform_name` says where, in the worker's own words. */
  platform: string | null;
  platform_name: string;
  client: string;
  reward: Money | null;
  reward_per: RewardPer;
  units: number;
}

export const OWN = "own_";

/** The slug of a platform that only this device knows. Names in letters without one of their own get a number made of them. */
export function ownSlug(name: string): string {
  const words = name
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  const isTold = /[a-z0-9]{2}/.test(words) && words.length >= name.trim().length / 2;
  return `${OWN}${isTold ? words : numberOf(name.trim().toLowerCase())}`.slice(0, 31).replace(/_+$/, "");
}

function numberOf(name: string): string {
  let number = 7;
  for (const letter of name) number = (number * 31 + (letter.codePointAt(0) ?? 0)) % 2_147_483_647;
  return number.toString(36);
}

/** Pay as a worker types it, "12.50" or "12,50"; undefined where it is no amount; null where it is empty. */
export function typedPay(typed: string, currency: string): Money | null | undefined {
  const plain = typed.replace(/\s/g, "");
  if (plain === "") return null;
  const amount = /^\d+([.,]\d{1,6})?$/.test(plain) ? micros(plain.replace(",", ".")) : null;
  return amount === null || amount > MAX_REWARD_MICROS ? undefined : { micros: amount, currency };
}

/** What was said as a task; null where it has no title, or is on no platform. */
export function taskOf(said: ByHand): TaskReading | null {
  const title = cut(said.title.trim(), MAX_TITLE_LENGTH);
  const pack = said.platform === null ? undefined : packOf(said.platform);
  const name = said.platform_name.trim();
  if (title === "" || (said.platform !== null && pack === undefined) || (pack === undefined && name === ""))
    return null;
  const platform = pack?.slug ?? ownSlug(name);
  const client = cut(said.client.trim(), MAX_TITLE_LENGTH);
  return {
    platform,
    client: client === "" ? null : { id: null, name: client },
    task: { id: null, title },
    reward: said.reward,
    reward_per: said.reward_per,
    units: Math.min(Math.max(1, Math.round(said.units) || 1), MAX_UNITS),
    limit_seconds: null,
    estimate_seconds: null,
    pack: { slug: platform, version: pack?.version ?? 1 },
  };
}

/** The attempt as it begins: it runs wherever the worker is, until they say otherwise. */
export function begunByHand(task: TaskReading, id: string, now: number): Attempt {
  return {
    id,
    revision: 0,
    platform: task.platform,
    attempt: `${MADE_NAME}${id}`,
    task,
    works: "here",
    by_hand: "running",
    claimed_at: now,
    seen_at: now,
    active_seconds: 0,
  };
}
