/** Which plain words stand for a path in a pack, and for a reason why an update was refused. */

import type { Refusal } from "../../core/packs/update_state";

export type What = "rows" | "title" | "pay" | "client" | "time" | "outcome" | "end" | "address" | "place";
export type Why = "unsigned" | "older" | "too_large" | "malformed" | "values" | "version";

const BY_STEP: [step: RegExp, what: What][] = [
  [/^(reward|paid|bonus|reward_per_at)$/, "pay"],
  [/^title$/, "title"],
  [/^client_/, "client"],
  [/(_seconds|_at|_on|day|clock)$/, "time"],
  [/^outcome$/, "outcome"],
  [/^(rows|list|records)$/, "rows"],
];

const WHY: Record<Refusal["reason"], Why> = {
  unsigned: "unsigned",
  older: "older",
  too_large: "too_large",
  malformed: "malformed",
  fixed: "values",
  no_such_value: "values",
  wrong_type: "values",
  unknown_parser: "values",
  other_base: "version",
  not_newer: "version",
  unknown_pack: "version",
};

export function whyOf(reason: Refusal["reason"]): Why {
  return WHY[reason];
}

/** What a value at this path is there for; the innermost step that says it counts. */
export function whatIn(path: string): What {
  const steps = path.split(".");
  if (steps[0] === "signals") return "end";
  if (steps[0] === "pages" && steps.length === 3) return steps[2] === "paths" ? "address" : "place";
  for (const step of steps.toReversed()) {
    if (step === "row_key" || step === "key_at") continue;
    const found = BY_STEP.find(([pattern]) => pattern.test(step));
    if (found && step !== "at") return found[1];
  }
  return "place";
}

/** The name of the page in a path; null where it is of no page. */
export function pageOfPath(path: string): string | null {
  const [top, page] = path.split(".");
  return top === "pages" ? (page ?? null) : null;
}
