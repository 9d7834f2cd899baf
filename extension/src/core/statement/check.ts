/** Holds a site's own totals against the record, to the cent. Pure. */

import type { Money } from "../../generated/contract";
import type { Comparison, KeptStatement } from "../../model/statement";
import { MICROS } from "../money";

/** One currency of a statement. Amounts are micros. */
export interface StatementLine {
  currency: string;
  site: number;
  recorded: number;
  /** What the site paid beyond the record; below zero: the record has more. To the cent. */
  difference: number;
  /** The same since the first statement. */
  since: number;
  /** "agrees_since": what differs is older than the first statement. */
  verdict: "agrees" | "agrees_since" | "differs";
}

const CENT = MICROS / 100;

/** A line for each currency on either side. `recorded` is what the record comes to now. */
export function statementLines(kept: KeptStatement, recorded: readonly Money[]): StatementLine[] {
  const both = [...kept.paid, ...recorded].map(({ currency }) => currency);
  return [...new Set(both)].map((currency) => {
    const site = of(kept.paid, currency);
    const own = of(recorded, currency);
    const difference = cents(site) - cents(own);
    const since =
      difference - (cents(of(kept.base.paid, currency)) - cents(of(kept.base.recorded, currency)));
    const isFirst = kept.base.day === kept.day;
    const verdict = difference === 0 ? "agrees" : since === 0 && !isFirst ? "agrees_since" : "differs";
    return { currency, site, recorded: own, difference: difference * CENT, since: since * CENT, verdict };
  });
}

/** Whether the whole statement agrees; null where the first one differs, since the record may be younger than the account. */
export function agreement(kept: KeptStatement): boolean | null {
  const lines = statementLines(kept, kept.recorded);
  if (lines.every(({ verdict }) => verdict !== "differs")) return true;
  return kept.base.day === kept.day ? null : false;
}

/** The statement as it is kept, after the one before. A total that shrank starts again: the site counts another stretch. */
export function following(
  before: KeptStatement | undefined,
  seen: Comparison,
  pending: Money[] | null,
): KeptStatement {
  const isSmaller = before?.paid.some(({ currency, micros }) => of(seen.paid, currency) < micros) ?? false;
  return { ...seen, pending, base: before === undefined || isSmaller ? seen : before.base };
}

function of(amounts: readonly Money[], currency: string): number {
  return amounts.find((one) => one.currency === currency)?.micros ?? 0;
}

function cents(micros: number): number {
  return Math.round(micros / CENT);
}
