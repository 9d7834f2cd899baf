/** The part of the page that follows the period and the currency, from the book as it was read. */

import { type Owed, owedBy } from "../../core/ledger/owed";
import { totals } from "../../core/ledger/totals";
import type { Closing } from "./accounts";
import { type Acting, actions } from "./actions";
import { breakdown } from "./breakdown";
import { charts } from "./charts";
import { onboarding } from "./onboarding";
import { overheads, secondsIn } from "./overheads";
import { owed } from "./owed";
import { within } from "./period";
import { rates } from "./rates";
import type { Showing } from "./showing";
import { type Statements, statements } from "./statements";

export function figures(
  showing: Showing,
  since: ReadonlyMap<string, string | null>,
  closing: Closing,
  stated: Statements,
  acting: Acting,
): HTMLElement[] {
  const { book, period, terms, writing } = showing;
  const sums = within(book.sums, ({ stretch }) => stretch, period, book.today);
  const days = within(book.overheads, ({ day }) => day, period, book.today);
  const unpaid = secondsIn(days);
  const all = totals(sums, unpaid, terms);
  const oldest = ({ client_key }: Owed): string | null => since.get(client_key) ?? null;
  return [
    rates(all, showing),
    charts(showing),
    owed(owedBy(book.sums, terms), oldest, showing, closing),
    ...[statements(stated, showing) ?? [], actions(showing, acting) ?? []].flat(),
    breakdown(sums, showing),
    ...[onboarding(showing) ?? []].flat(),
    overheads(days, all.overhead_seconds - unpaid, writing),
  ];
}
