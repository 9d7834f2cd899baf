/** Unpaid tests and learning before the first paid task of a platform, and what an hour comes to with them in it. Pure. */

import type { Book } from "./book";
import type { Sum } from "./sums";
import { type Terms, totals } from "./totals";

export interface Onboarding {
  platform: string;
  seconds: number;
  /** The day, or the month, of the first pay; null: none yet. */
  first_paid: string | null;
  /** Units of the terms' currency; zero where nothing was paid. */
  per_hour: number;
}

/** Less is no onboarding. */
const LEAST_SECONDS = 60;

/** Each platform with such time, the longest first. */
export function onboardingOf(
  { sums, overheads }: Pick<Book, "sums" | "overheads">,
  terms: Terms,
): Onboarding[] {
  const platforms = new Set([...sums, ...overheads].map(({ platform }) => platform));
  return [...platforms]
    .map((platform) => {
      const mine = sums.filter((sum) => sum.platform === platform);
      const first_paid = firstPaid(mine);
      const isBefore = (stretch: string): boolean => first_paid === null || stretch <= first_paid;
      const days = overheads.filter((row) => row.platform === platform && isBefore(row.day));
      const unpaid = days.reduce(
        (sum, { seconds }) => sum + (seconds.qualification ?? 0) + (seconds.learning ?? 0),
        0,
      );
      const counted = mine.map((sum) => (isBefore(sum.stretch) ? sum : withoutTests(sum)));
      const { overhead_seconds: seconds, all_in_per_hour } = totals(counted, unpaid, terms);
      return { platform, seconds, first_paid, per_hour: all_in_per_hour ?? 0 };
    })
    .filter(({ seconds }) => seconds >= LEAST_SECONDS)
    .sort((one, other) => other.seconds - one.seconds);
}

function firstPaid(sums: readonly Sum[]): string | null {
  const isPaid = ({ amounts }: Sum): boolean =>
    Object.entries(amounts).some(
      ([name, amount]) => /^[A-Z]{3} (earned|untimed)$/.test(name) && (amount ?? 0) > 0,
    );
  const paid = sums.filter(isPaid).map(({ stretch }) => stretch);
  return paid.sort()[0] ?? null;
}

/** Tests that came later are no onboarding. */
function withoutTests(sum: Sum): Sum {
  const { qualification_ms: _tests, ...amounts } = sum.amounts;
  return { ...sum, amounts };
}
