/** Asks the background for this site's pack. Who gets none, or no answer, leaves the page alone. */

import type { Pack } from "../generated/contract";

/** A browser that has just started, or an extension just updated, may need a moment until somebody answers. */
export const PAUSES_MS: readonly number[] = [0, 200, 1_000, 5_000];

export interface Asking {
  /** Rejects when nobody answers; a sleeping worker is woken by the question itself. */
  ask: () => Promise<Pack | null>;
  /** False once the extension was updated or removed under this page. */
  isConnected: () => boolean;
  wait: (ms: number) => Promise<unknown>;
}

export async function packHere({ ask, isConnected, wait }: Asking): Promise<Pack | null> {
  for (const pause of PAUSES_MS) {
    await wait(pause);
    if (!isConnected()) return null;
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Error)) throw error; // nobody was there, or it failed: once more
    }
  }
  return null;
}
