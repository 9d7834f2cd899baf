/** Time of overlapping attempts is shared, so that nobody works two hours in one (estimator A). */

/** Milliseconds since 1970. */
export interface Stretch {
  started: number;
  ended: number;
}

/** The seconds of each stretch: where m are open at once, each gets one mth of the clock. */
export function shared(stretches: readonly Stretch[]): number[] {
  const ends = stretches.flatMap(({ started, ended }) => [
    { at: started, change: 1 },
    { at: ended, change: -1 },
  ]);
  ends.sort((one, other) => one.at - other.at);
  const clock = new Map<number, number>();
  let [open, elapsed, before] = [0, 0, ends[0]?.at ?? 0];
  for (const { at, change } of ends) {
    if (open > 0) elapsed += (at - before) / open;
    clock.set(at, elapsed);
    before = at;
    open += change;
  }
  return stretches.map(({ started, ended }) => ((clock.get(ended) ?? 0) - (clock.get(started) ?? 0)) / 1000);
}
