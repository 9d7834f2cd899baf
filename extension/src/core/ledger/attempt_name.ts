/** Names of attempts. Where the platform's name is only that of the task, a record adds its own id to it. */

import { MADE_NAME } from "../../model/readings";

const OWN_ID = / [0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The name under which a record is kept: free for the next attempt at the same task where it may come again. */
export function recordedName(attempt: string, id: string, names: "attempt" | "task"): string {
  return names === "task" || attempt.startsWith(MADE_NAME) ? `${attempt} ${id}` : attempt;
}

/** The name as pages say it. */
export function baseName(recorded: string): string {
  return recorded.replace(OWN_ID, "");
}
