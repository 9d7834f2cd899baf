/** Long work in short turns, so that a page of thousands of rows never stands still. */

const TURN_MS = 4; // of a frame's sixteen

/** Calls `work` with each item, in order, a few milliseconds at a time; stops when `signal` says so. */
export async function inSlices<T>(
  items: readonly T[],
  signal: AbortSignal,
  work: (item: T) => void,
): Promise<void> {
  let start = performance.now();
  for (const item of items) {
    if (performance.now() - start > TURN_MS) {
      await new Promise((resume) => setTimeout(resume));
      start = performance.now();
    }
    if (signal.aborted) return;
    work(item);
  }
}
