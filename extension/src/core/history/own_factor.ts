/**
 * How far a worker's rates are from what was predicted for the same titles (step D12). Pure.
 *
 * The same figures as `analytics/estimator/own_factor.py`; `tests/fixtures/wire/own_factor.json` holds both to them.
 */

/** Spread between people, and between one person's tasks, where no snapshot tells them (natural logarithms). */
export const DEFAULT_SPREADS: Spreads = { s_b: 1.05, sigma_e: 0.95 };
/** Of the variance between people: the person everywhere, and the person at one title. */
const PERSON_PART = 0.4;
const TITLE_PART = 0.6;
const FEWEST_TITLES = 3;
const FEWEST_TASKS = 5;

export interface Spreads {
  s_b: number;
  sigma_e: number;
}

/** Logarithms of the factor: for a title never done, and for each title that was. */
export interface OwnFactor {
  anywhere: number;
  by_title: Record<string, number>;
  /** Finished tasks that it is made of. */
  tasks: number;
  is_shown: boolean;
}

/** `deviations`: by title, ln(own rate / predicted rate) of each finished task. */
export function ownFactor(
  deviations: Readonly<Record<string, readonly number[]>>,
  spreads: Spreads,
): OwnFactor {
  const variance = spreads.s_b ** 2;
  const atTitle = TITLE_PART * variance;
  const titles = Object.entries(deviations)
    .filter(([, values]) => values.length > 0)
    .map(([title, values]) => ({
      title,
      middle: median(values),
      weight: 1 / (atTitle + spreads.sigma_e ** 2 / values.length),
    }));
  const total = titles.reduce((sum, { weight }) => sum + weight, 1 / (PERSON_PART * variance));
  const anywhere = titles.reduce((sum, { weight, middle }) => sum + weight * middle, 0) / total;
  const by_title = titles.map(({ title, weight, middle }): [string, number] => [
    title,
    anywhere + atTitle * weight * (middle - anywhere),
  ]);
  const tasks = Object.values(deviations).reduce((count, { length }) => count + length, 0);
  const is_shown = titles.length >= FEWEST_TITLES && tasks >= FEWEST_TASKS;
  return { anywhere, by_title: Object.fromEntries(by_title), tasks, is_shown };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}
