/** Tells each end of an attempt once, when it is sure: one that must last has lasted, and it is no echo of an earlier visit. */

import type { Page } from "../../generated/contract";
import type { Sight } from "./reader";
import { type End, endsShown, type ShownEnd } from "./signals";

/** A page loaded again shows its old alert within this time. */
export const ECHO_MS = 5_000;

export interface Endings {
  look: () => void;
  tell: (end: End) => void;
}

/** `isStale`: the page was loaded again or gone back to, so an end that names no attempt may be an old one. */
export function endings(
  sight: Sight,
  page: Page,
  isStale: boolean,
  ended: (end: End) => void,
  signal: AbortSignal,
): Endings {
  const told = new Set<string>();
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  let mayEcho = isStale;
  const calm = setTimeout(() => {
    mayEcho = false;
  }, ECHO_MS);
  const tell = ({ ending, attempt }: End): void => {
    const words = wordsOf({ ending, attempt });
    if (told.has(words) || signal.aborted) return;
    told.add(words);
    if (attempt !== null || !mayEcho) ended({ ending, attempt });
  };
  const wait = (end: ShownEnd): void => {
    const words = wordsOf(end);
    if (waiting.has(words) || told.has(words)) return;
    waiting.set(
      words,
      setTimeout(() => tell(end), end.lasts_seconds * 1000),
    );
  };
  const look = (): void => {
    const shown = endsShown(sight, page);
    const here = new Set(shown.map(wordsOf));
    for (const [words, timer] of waiting) {
      if (here.has(words)) continue;
      clearTimeout(timer);
      waiting.delete(words);
    }
    for (const end of shown) end.lasts_seconds > 0 ? wait(end) : tell(end);
  };
  signal.addEventListener("abort", () => {
    clearTimeout(calm);
    for (const timer of waiting.values()) clearTimeout(timer);
  });
  return { look, tell };
}

function wordsOf({ ending, attempt }: End): string {
  return `${ending} ${attempt}`;
}
