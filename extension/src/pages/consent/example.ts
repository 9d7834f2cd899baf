/** A made-up task as it would be sent: built by the very code that records and sends, so that the example cannot lie. */

import { recordOf } from "../../core/ledger/record";
import { timeOrderedId } from "../../core/outbox/id";
import { observationOf } from "../../core/outbox/observation";
import type { Ended } from "../../core/timer/session";
import type { Observation } from "../../generated/contract";
import { version } from "../../platform/browser";

const CLAIMED_AT = Date.parse("2026-11-23T14:07:31Z");

const ENDED: Ended = {
  id: timeOrderedId(CLAIMED_AT, Uint8Array.of(12, 65, 29, 14, 91, 122, 17, 240, 194, 212)),
  revision: 0,
  platform: "practice",
  attempt: "stays on this device",
  task: {
    platform: "practice",
    client: { id: "c-2", name: "Example Research" },
    task: { id: "t-3", title: "Describe a photo" },
    reward: { micros: 350_000, currency: "USD" },
    reward_per: "task",
    units: 1,
    limit_seconds: 1800,
    estimate_seconds: 240,
    pack: { slug: "practice", version: 1 },
  },
  works: "here",
  claimed_at: CLAIMED_AT,
  seen_at: CLAIMED_AT + 431_000,
  active_seconds: 397.4,
  ending: "submitted",
  ended_at: CLAIMED_AT + 431_000,
  end_imputed: false,
};

export function example(): Observation | null {
  return observationOf(recordOf(ENDED, { ledger: true, sharing: true }, version()));
}
