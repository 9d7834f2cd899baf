/** A site's own totals for the worker's account, and what the record came to when they were seen. */

import type { Money } from "../generated/contract";

/** What a page states. */
export interface StatementReading {
  /** All that the site ever paid, one amount a currency. */
  paid: Money[];
  /** Submitted and not decided there; null where the site does not say. */
  pending: Money[] | null;
}

/** Both sides at one moment. */
export interface Comparison {
  day: string;
  paid: Money[];
  recorded: Money[];
}

/** The newest statement of one platform. */
export interface KeptStatement extends Comparison {
  pending: Money[] | null;
  /** The first statement that was seen: what came before it may not be in the record. */
  base: Comparison;
}
