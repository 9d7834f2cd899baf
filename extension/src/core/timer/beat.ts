/** Which timer event a page's message is, with the clock added. Pure. */

import type { Pack } from "../../generated/contract";
import type { PageMessage } from "../messages";
import type { Attempt, TimerEvent } from "./session";

/** A page may say that it was claimed long ago, but not before the platform could have existed. */
const MAX_ELAPSED_SECONDS = 60 * 86_400;

/** What the pack says of a site's claims and of the names of its attempts. */
export type SiteRules = Pick<Pack, "holds" | "attempt_is">;

type Timed = Extract<PageMessage, { kind: "claimed" | "ended" | "pulse" }>;

export function eventOf(
  message: Timed,
  at: number,
  source: number,
  newId: (claimed_at: number) => string,
  { holds, attempt_is }: SiteRules,
): TimerEvent {
  switch (message.kind) {
    case "claimed":
      return {
        kind: "claimed",
        at,
        claim: { ...claimOf(message, at, newId), ...(attempt_is === "task" ? { names: "task" } : {}) },
        source,
        holds,
        ...(message.is_arrival && { is_arrival: true }),
      };
    case "ended":
      return {
        kind: "ended",
        at,
        source,
        platform: message.platform,
        attempt: message.attempt,
        ending: message.ending,
        holds,
        ...(message.of_trial && { of_trial: true }),
      };
    case "pulse":
      return {
        kind: "pulse",
        at,
        source,
        subject: message.subject,
        active: message.active,
        ...(message.is_leaving ? { is_leaving: true } : {}),
        ...(message.idle ? { idle: true } : {}),
      };
  }
}

function claimOf(
  message: Extract<Timed, { kind: "claimed" }>,
  at: number,
  newId: (claimed_at: number) => string,
): Attempt {
  const elapsed = Math.min(Math.max(0, message.elapsed_seconds), MAX_ELAPSED_SECONDS);
  const claimed_at = at - Math.round(elapsed * 1000);
  return {
    id: newId(claimed_at),
    revision: 0,
    platform: message.task.platform,
    attempt: message.attempt,
    task: message.task,
    works: message.works,
    is_trial: message.claimed_by === "submit",
    claimed_at,
    seen_at: at,
    front_at: at,
    active_seconds: 0,
  };
}
