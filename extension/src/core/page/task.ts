/** One task from the place where its pack says it stands, and how long ago it was claimed. */

import type { Clock, Pack, RewardPer, TaskFields } from "../../generated/contract";
import type { TaskReading } from "../../model/readings";
import { countAt, idAt, instantAt, moneyAt, type Place, secondsAt, textAt, titleAt } from "./fields";

/** The task of a place. Its title is "" where the page is not the one to tell it; null where it should and does not. */
export function readTask(fields: TaskFields, place: Place, pack: Pack): TaskReading | null {
  const title = fields.title === null ? "" : titleAt(fields.title, place);
  if (title === null) return null;
  const client = { id: idAt(fields.client_id, place), name: titleAt(fields.client_name, place) };
  const per = perOf(fields, place);
  return {
    platform: pack.slug,
    client: client.id === null && client.name === null ? null : client,
    task: { id: idAt(fields.task_id, place), title },
    reward: per === null ? null : moneyAt(fields.reward, place),
    reward_per: per ?? fields.reward_per,
    units: countAt(fields.units, place) ?? 1,
    limit_seconds: secondsAt(fields.limit_seconds, place),
    estimate_seconds: secondsAt(fields.estimate_seconds, place),
    pack: { slug: pack.slug, version: pack.version },
  };
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

/** Words as they are compared: case, blanks, hyphens and underscores do not matter. */
export function plainWord(word: string): string {
  return word
    .toLowerCase()
    .replace(/[\s_-]+/g, " ")
    .trim();
}
