/**
 * A worker's log, made by chance from a seed: what they work on, where, and what comes between. All of it is invented.
 *
 * A log is seconds in a row. Each says what is in front and whether a key is touched, so that the true time of each task can be
 * counted second by second, by the words of estimator A and without any code of ours.
 */

export const KINDS = [
  "on the site's own page",
  "in a frame of another site",
  "in a tab that the site opened",
  "in the site's own tab, on another site",
  "two tasks by turns",
  "in another browser",
] as const;
export type Kind = (typeof KINDS)[number];

export type Ending = "submitted" | "returned" | "unseen";

/** What is in front of the worker for a while. */
export interface Spell {
  seconds: number;
  /** "page": the site's page; "frame": a frame in it; "opened": a tab that it opened; "own": another site in its tab. */
  at: "page" | "frame" | "opened" | "own" | "unrelated" | "another app" | "asleep";
  task: number;
  /** Seconds between two touches; 0: nothing is touched. */
  touch: number;
  /** Work that no browser of ours can see goes on. */
  is_unseen_work?: boolean;
}

export interface Task {
  number: number;
  kind: Kind;
  platform: "prolific" | "practice";
  ending: Ending;
  estimate_seconds: number;
  /** What the site calls it: a study that was seen to end may come again. */
  name: string;
  /** Of tasks that are worked on by turns: the one that this is worked on with. */
  partner?: number;
}

export interface Step {
  task: Task;
  act: "claim" | "end" | "restart browser" | "update extension";
}

export interface Log {
  tasks: Task[];
  /** In their order: what happens, and what is in front until the next. */
  lines: (Step | Spell)[];
}

export type Chance = () => number;

/** Mulberry32: the same numbers for the same seed, everywhere. */
export function chanceOf(seed: number): Chance {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A week of work: `tasks_a_day` tasks on seven days. */
export function weekOf(seed: number, tasks_a_day: number): Log {
  const chance = chanceOf(seed);
  const log: Log = { tasks: [], lines: [] };
  for (let day = 0; day < 7; day++) {
    for (let one = 0; one < tasks_a_day; one++) addTask(log, chance);
    log.lines.push({ seconds: 12 * 3600, at: "asleep", task: -1, touch: 0 });
    if (chance() < 0.5) log.lines.push({ task: lastOf(log), act: "restart browser" });
  }
  return log;
}

function addTask(log: Log, chance: Chance): void {
  const kind = KINDS[Math.floor(chance() * KINDS.length)] ?? KINDS[0];
  const task = taskOf(log, kind, chance);
  log.tasks.push(task);
  const partner = kind === "two tasks by turns" ? taskOf(log, kind, chance) : null;
  if (partner !== null) log.tasks.push({ ...partner, partner: task.number });
  const both = partner === null ? [task] : [task, { ...partner, partner: task.number }];
  for (const one of both) log.lines.push({ task: one, act: "claim" }, spell("page", one, 4, 3));
  const rounds = 1 + Math.floor(chance() * 5);
  for (let round = 0; round < rounds; round++) {
    for (const one of both) log.lines.push(...workOn(one, chance));
    log.lines.push(...between(task, chance));
    if (chance() < 0.05) log.lines.push({ task, act: "update extension" });
  }
  for (const one of both) {
    if (one.ending === "unseen") continue;
    log.lines.push(spell("page", one, 3, 2), { task: one, act: "end" });
  }
  log.lines.push({ seconds: Math.round(20 + chance() * 300), at: "unrelated", task: -1, touch: 4 });
}

function taskOf(log: Log, kind: Kind, chance: Chance): Task {
  const isAway = kind.includes("tab") || kind === "in another browser";
  const fate = chance();
  const platform = isAway ? "prolific" : "practice";
  const before = log.tasks.findLast((one) => one.platform === "prolific");
  const isAgain = isAway && before !== undefined && before.ending !== "unseen" && chance() < 0.3;
  const number = log.tasks.length;
  return {
    number,
    name: isAgain ? before.name : isAway ? `study-${number}` : `a-${number}`,
    kind,
    platform,
    ending: fate < 0.12 ? "unseen" : fate < 0.22 ? "returned" : "submitted",
    estimate_seconds: 900,
  };
}

function workOn(task: Task, chance: Chance): Spell[] {
  const seconds = Math.round(30 + chance() ** 2 * 600);
  const touch = 1 + Math.floor(chance() * 25);
  switch (task.kind) {
    case "in a frame of another site":
      return [spell("frame", task, seconds, touch)];
    case "in a tab that the site opened":
      return [spell("opened", task, seconds, chance() < 0.3 ? 0 : touch)];
    case "in the site's own tab, on another site":
      return [spell("own", task, seconds, touch)];
    case "in another browser":
      return [{ ...spell("another app", task, seconds, touch), is_unseen_work: true }];
    default:
      return [spell("page", task, seconds, touch)];
  }
}

/** Something else, now and then: another site, another program, a pause, the lid closed. */
function between(task: Task, chance: Chance): Spell[] {
  const fate = chance();
  const seconds = Math.round(10 + chance() * 240);
  const isUnseen = task.kind === "in another browser";
  if (fate < 0.2) return [{ seconds, at: "unrelated", task: -1, touch: 3 }];
  if (fate < 0.3 && !isUnseen) return [{ seconds, at: "another app", task: -1, touch: 3 }];
  if (fate < 0.36) return [{ seconds: seconds * 8, at: "asleep", task: -1, touch: 0 }];
  if (fate < 0.45 && !isUnseen) return [spell("page", task, seconds, 0)]; // away from the keyboard
  return [];
}

function spell(at: Spell["at"], task: Task, seconds: number, touch: number): Spell {
  return { seconds, at, task: task.number, touch };
}

function lastOf({ tasks }: Log): Task {
  const last = tasks.at(-1);
  if (last === undefined) throw new Error("a week without a task");
  return last;
}
