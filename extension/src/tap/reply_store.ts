/**
 * What our ear makes of what it is told. The page's world may say anything, at any rate, so: only the answers of the plan,
 * only JSON of bounded size and depth, only so many in a while; the last of each kind is kept.
 */

import { MAX_REPLY_LETTERS, narrowed, type Plan } from "./plan";

export interface Hearing {
  /** Takes words from the page's world. */
  hear: (words: unknown) => void;
  /** The last answer of that name, as JSON; undefined while there is none. */
  get: (name: string) => unknown;
  /** Calls back with the name of each that comes, and soon of those that came before. */
  onNew: (told: (name: string) => void, signal: AbortSignal) => void;
}

const SPELL_MS = 10_000;
/** A site that polls asks every few seconds. */
export const MOST_IN_A_SPELL = 60;
const MAX_ENVELOPE_LETTERS = MAX_REPLY_LETTERS + 200;

export function hearing(plan: Plan, now: () => number): Hearing {
  const keys = new Set(plan.keys);
  const names = new Set(plan.replies.map(({ name }) => name));
  const kept = new Map<string, unknown>();
  const listeners = new Set<(name: string) => void>();
  let spell = { from: now(), count: 0 };
  const isDue = (): boolean => {
    if (now() - spell.from >= SPELL_MS) spell = { from: now(), count: 0 };
    spell.count += 1;
    return spell.count <= MOST_IN_A_SPELL;
  };
  const hear = (words: unknown): void => {
    if (typeof words !== "string" || words.length > MAX_ENVELOPE_LETTERS || !isDue()) return;
    const told = asTold(words);
    if (told === null || !names.has(told.name)) return;
    const value = narrowed(told.value, keys);
    if (typeof value !== "object" || value === null) return;
    kept.set(told.name, value);
    for (const listener of listeners) listener(told.name);
  };
  return {
    hear,
    get: (name) => kept.get(name),
    onNew: (told, signal) => {
      listeners.add(told);
      for (const name of kept.keys()) queueMicrotask(() => told(name));
      signal.addEventListener("abort", () => listeners.delete(told));
    },
  };
}

function asTold(words: string): { name: string; value: unknown } | null {
  try {
    const told: unknown = JSON.parse(words);
    if (!Array.isArray(told) || told.length !== 2 || typeof told[0] !== "string") return null;
    return { name: told[0], value: told[1] };
  } catch (failure) {
    if (failure instanceof SyntaxError) return null;
    throw failure;
  }
}
