/** The worker's own attempts at one task, or at all that one client posts, summed by calendar month. */

export interface Tally {
  /** The words that the crowd's keys are made of: a task's, or a client's. */
  name: string;
  /** By month, e.g. "2026-11". */
  months: Record<string, TallyMonth>;
}

/** Whole numbers, so that what was added can be taken away again. Attempts whose pay is unknown are left out. */
export interface TallyMonth {
  attempts: number;
  active_ms: number;
  /** Micros by currency. */
  paid: Record<string, number>;
}
