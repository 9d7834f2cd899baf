/**
 * What lists said of tasks, for claims whose own page tells less: no title, or no pay. Pure.
 *
 * It is joined by what the listing calls the task, which the page of the claim says too, or the page that was open in the same
 * tab before it. What cannot be joined stays unknown; a claim without a title is none.
 */

import type { HeldAttempt, Posted, TaskReading } from "../../model/readings";

/** The posted task whose page the worker last had in front in a tab. */
export interface Opened {
  tab: number;
  platform: string;
  task: string | null;
}

/** By platform. */
export interface Memory {
  /** Rows of listings, the newest last. */
  rows: Record<string, Posted[]>;
  /** The worker's open attempts, as they were last listed. */
  held: Record<string, HeldAttempt[]>;
  opened: Opened[];
}

export const EMPTY_MEMORY: Memory = { rows: {}, held: {}, opened: [] };

/** More than any listing that a person scrolls through. */
export const MOST_ROWS = 500;
const MOST_OPENED = 50;

export function withRows(memory: Memory, platform: string, rows: readonly Posted[]): Memory {
  const keys = new Set(rows.map(({ key }) => key));
  const others = (memory.rows[platform] ?? []).filter(({ key }) => !keys.has(key));
  return { ...memory, rows: { ...memory.rows, [platform]: [...others, ...rows].slice(-MOST_ROWS) } };
}

export function withHeld(memory: Memory, platform: string, held: HeldAttempt[]): Memory {
  return { ...memory, held: { ...memory.held, [platform]: held } };
}

/** `task` null: another page of the site came between. */
export function withOpened(memory: Memory, { tab, platform, task }: Opened): Memory {
  const others = memory.opened.filter((one) => one.tab !== tab || one.platform !== platform);
  return { ...memory, opened: [...others, { tab, platform, task }].slice(-MOST_OPENED) };
}

/** A claim as its own page tells it. */
export interface Claim {
  attempt: string;
  task: TaskReading;
  tab: number;
}

/** The claimed task with all that is known of it; null where nothing names it. */
export function completed(memory: Memory, { attempt, task, tab }: Claim): TaskReading | null {
  const { platform } = task;
  const held = memory.held[platform]?.find((one) => one.attempt === attempt)?.task;
  const known = held === undefined ? task : joined(task, held);
  if (known.task.title !== "" && known.reward !== null && known.client !== null) return known;
  const key = known.task.id ?? openedIn(memory, platform, tab);
  const rows = memory.rows[platform] ?? [];
  const row = (rows.find((one) => one.key === key) ?? soleTitled(rows, known.task.title))?.task;
  const whole = row === undefined ? known : joined(known, row);
  return whole.task.title === "" ? null : whole;
}

/** Where nothing else joins them: the one row of that title. */
function soleTitled(rows: readonly Posted[], title: string): Posted | undefined {
  const found = title === "" ? [] : rows.filter(({ task }) => task.task.title === title);
  return found.length === 1 ? found[0] : undefined;
}

function openedIn({ opened }: Memory, platform: string, tab: number): string | null {
  return opened.find((one) => one.tab === tab && one.platform === platform)?.task ?? null;
}

/** What the claim's own page says goes before what a list said; pay goes with what it is per. */
function joined(task: TaskReading, listed: TaskReading): TaskReading {
  const { reward, reward_per } = task.reward === null ? listed : task;
  return {
    ...task,
    client: task.client ?? listed.client,
    task: { id: task.task.id ?? listed.task.id, title: task.task.title || listed.task.title },
    reward,
    reward_per,
    units: task.units > 1 ? task.units : listed.units,
    limit_seconds: task.limit_seconds ?? listed.limit_seconds,
    estimate_seconds: task.estimate_seconds ?? listed.estimate_seconds,
  };
}
