/** A worker's pace on one platform (step D12). */

/** The logarithm of the factor for a title never done, and how many finished tasks it is made of. */
export interface Factor {
  anywhere: number;
  tasks: number;
}

/** Apart from each other: against published rates, and against the times that listings state. Null: too few tasks. */
export interface PlatformPace {
  published: Factor | null;
  listing: Factor | null;
}
