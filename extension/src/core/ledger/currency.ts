/** The currency that money is shown in: the worker's own where everything can be converted, else the one they are paid in. Pure. */

import { convert } from "../floor/currency";
import type { UsdPer } from "./pay";
import type { Sum } from "./sums";
import { currenciesOf } from "./totals";

/** Currencies of the records, the most used first. */
export function currenciesIn(sums: readonly Sum[]): string[] {
  const tasks = new Map<string, number>();
  for (const { amounts } of sums) {
    for (const one of currenciesOf(amounts)) {
      tasks.set(one, (tasks.get(one) ?? 0) + (amounts[`${one} tasks`] ?? 0));
    }
  }
  return [...tasks].sort(([, one], [, other]) => other - one).map(([currency]) => currency);
}

export function bestCurrency(used: readonly string[], own: string, usdPer: UsdPer): string {
  const isKnown = used.every((one) => convert(1, one, own, usdPer) !== null);
  return isKnown ? own : (used[0] ?? own);
}
