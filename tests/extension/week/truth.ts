/** The true time of each task of a log, second by second, as estimator A words it. None of our code is used here. */

import type { Log, Spell } from "./log";

const IDLE_SECONDS = 60;
const IDLE_IN_OWN_TAB_SECONDS = 300;

export interface Truth {
  /** By the task's number. */
  seconds: Map<number, number>;
  /** All seconds in which somebody was awake. */
  clock: number;
  /** How often work stopped for want of a touch. */
  idles: Map<number, number>;
}

export function truthOf(log: Log): Truth {
  const truth: Truth = { seconds: new Map(), clock: 0, idles: new Map() };
  const open = new Set<number>();
  let quiet = 0; // of the whole machine
  let quietHere = 0; // of the page in front
  for (const line of log.lines) {
    if ("act" in line) {
      if (line.act === "claim") {
        // Where a site lets a worker hold one claim, the one before is over.
        if (line.task.platform === "prolific") {
          for (const other of log.tasks) if (other.platform === "prolific") open.delete(other.number);
        }
        open.add(line.task.number);
      }
      if (line.act === "end") open.delete(line.task.number);
      if (line.act !== "end") quietHere = 0;
      continue;
    }
    if (line.at === "asleep") {
      quiet = line.seconds;
      quietHere = line.seconds;
      continue;
    }
    quietHere = 0; // whoever comes to a page has just touched something
    quiet = 0;
    let isIdle = false;
    for (let second = 0; second < line.seconds; second++) {
      const isTouched = line.touch > 0 && second % line.touch === 0;
      quiet = isTouched ? 0 : quiet + 1;
      quietHere = isTouched && line.at === "page" ? 0 : quietHere + 1;
      truth.clock += 1;
      const counts = open.has(line.task) && isWork(line, quiet, quietHere);
      if (counts) add(truth.seconds, line.task);
      if (!counts && !isIdle && open.has(line.task)) add(truth.idles, line.task);
      isIdle = !counts;
    }
  }
  return truth;
}

function isWork({ at, is_unseen_work }: Spell, quiet: number, quietHere: number): boolean {
  if (is_unseen_work) return true;
  if (at === "page") return quietHere <= IDLE_SECONDS;
  if (at === "frame") return quiet <= IDLE_SECONDS;
  return (at === "opened" || at === "own") && quiet <= IDLE_IN_OWN_TAB_SECONDS;
}

function add(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
