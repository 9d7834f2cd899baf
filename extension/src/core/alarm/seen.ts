/** Which posted tasks the alarm already knows, so that each sounds once, whatever is closed or loaded again. Pure. */

/** One platform's: when its listing was last read, and when each task was last seen there. */
export interface Seen {
  at: number;
  tasks: Record<string, number>;
}

/** A listing not read for longer was closed: what stands there when it is opened again is no news. */
export const KEPT_OPEN_MS = 30 * 60_000;
/** A task not seen for longer may sound again. */
export const FORGOTTEN_MS = 7 * 86_400_000;
const MOST_TASKS = 5_000;

/** What is new on a listing that is kept open, and all that was seen with it. */
export function news(
  before: Seen | undefined,
  tasks: readonly string[],
  isFirst: boolean,
  now: number,
): { fresh: string[]; seen: Seen } {
  const isKeptOpen = !isFirst || (before !== undefined && now - before.at < KEPT_OPEN_MS);
  const known = before?.tasks ?? {};
  const unknown = Array.from(new Set(tasks)).filter((task) => now - (known[task] ?? 0) > FORGOTTEN_MS);
  const all = { ...known, ...Object.fromEntries(tasks.map((task) => [task, now])) };
  return { fresh: isKeptOpen ? unknown : [], seen: { at: now, tasks: newest(all, now) } };
}

function newest(tasks: Record<string, number>, now: number): Record<string, number> {
  const kept = Object.entries(tasks).filter(([, at]) => now - at <= FORGOTTEN_MS);
  const latest = kept.toSorted(([, one], [, other]) => other - one).slice(0, MOST_TASKS);
  return Object.fromEntries(latest);
}
