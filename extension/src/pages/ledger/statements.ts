/** What sites say they paid, against the record: agreed to the cent, missing here, or owed there. */

import { type StatementLine, statementLines } from "../../core/statement/check";
import { recordedAt } from "../../core/statement/recorded";
import type { KeptStatement } from "../../model/statement";
import { h } from "../panel/element";
import { count } from "../panel/format";
import type { Showing } from "./showing";
import { dayName, money, siteName } from "./words";

/** The newest statement of each site, and how many payments that it told of wait for the worker's answer. */
export interface Statements {
  kept: Readonly<Record<string, KeptStatement>>;
  waiting: Readonly<Record<string, number>>;
}

/** Null where no site has stated anything. */
export function statements({ kept, waiting }: Statements, showing: Showing): HTMLElement | null {
  const { text } = showing.writing;
  const sites = Object.entries(kept).map(([platform, statement]) =>
    site(platform, statement, waiting[platform] ?? 0, showing),
  );
  if (sites.length === 0) return null;
  return h(
    "section",
    { class: "card", id: "statements" },
    h("h2", {}, text("statement_title")),
    h("p", { class: "soft small" }, text("statement_note")),
    h("ul", { class: "plain" }, ...sites),
  );
}

function site(platform: string, kept: KeptStatement, waiting: number, showing: Showing): HTMLElement {
  const { writing, book } = showing;
  const recorded = recordedAt(platform, book.sums);
  const lines = statementLines(kept, recorded.paid).flatMap((line) => words(platform, kept, line, showing));
  const isOpen = statementLines(kept, recorded.paid).some(({ verdict }) => verdict === "differs");
  const asked = isOpen && waiting > 0 ? [writing.text("statement_waiting", count(waiting, writing))] : [];
  const pending = (kept.pending ?? []).map(({ micros, currency }) => {
    const own = recorded.pending.find((one) => one.currency === currency)?.micros ?? 0;
    const amounts = [micros, own].map((amount) => money(amount, currency, writing));
    return writing.text("statement_pending", ...amounts);
  });
  const shown = [...lines, ...asked, ...pending].map((line) => h("p", { dir: "auto" }, line));
  return h("li", { "data-site": platform }, ...shown);
}

function words(
  platform: string,
  { base }: KeptStatement,
  line: StatementLine,
  { writing }: Showing,
): string[] {
  const { text } = writing;
  const name = siteName(platform);
  const amount = (micros: number): string => money(Math.abs(micros), line.currency, writing);
  const both = text("statement_line", name, amount(line.site), amount(line.recorded));
  if (line.verdict === "agrees") return [`${both} ${text("statement_agrees")}`];
  if (line.verdict === "agrees_since") {
    const since = text("statement_agrees_since", dayName(base.day, false, writing), amount(line.difference));
    return [`${both} ${since}`];
  }
  const what =
    line.difference > 0
      ? text("statement_missing", amount(line.difference))
      : text("statement_owes", name, amount(line.difference));
  return [`${both} ${what}`];
}
