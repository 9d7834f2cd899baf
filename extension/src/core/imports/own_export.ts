/** The ledger's own table, read like any other history: what was exported here comes back, and settles what is here already. */

import type { Pack, Told } from "../../generated/contract";
import { chosenFormat, type Format } from "./format";
import { folded, type Row, type Sheet } from "./sheet";

const MARKS = ["platform", "counted_seconds", "claimed_at", "listed_currency", "paid_currency"];
const OUTCOMES: readonly Told[] = [
  "submitted",
  "approved",
  "rejected",
  "paid",
  "returned",
  "expired",
  "screened_out",
];
const COLUMNS = {
  title: "title",
  client_id: "client_id",
  client_name: "client_name",
  task_id: "task_id",
  started: "claimed_at",
  ended: "ended_at",
  seconds: "counted_seconds",
  reward: "listed",
  paid: "paid",
  bonus: "other_paid",
  outcome: "outcome",
};
/** In front of a cell that a spreadsheet would run. */
const HARMLESS = /^'(?=[\s\p{Cc}]*[=+\-@|%'])/u;

/** One part a platform; null where the file is no table of a ledger. */
export function ownParts(sheet: Sheet, packs: readonly Pack[]): { sheet: Sheet; format: Format }[] | null {
  const names = new Set(sheet.names.map(folded));
  const [anyPack] = packs;
  if (anyPack === undefined || !MARKS.every((mark) => names.has(folded(mark)))) return null;
  const byPlatform = new Map<string, Row[]>();
  for (const row of sheet.rows) {
    const slug = row.cells.get("platform") ?? "";
    const rows = byPlatform.get(slug);
    if (rows === undefined) byPlatform.set(slug, [row]);
    else rows.push(row);
  }
  return [...byPlatform].map(([slug, rows]) => {
    const known = packs.find((pack) => pack.slug === slug);
    const pack = known ?? {
      ...anyPack,
      slug,
      name: slug,
      version: 1,
      currency: null,
      attempt_is: "attempt" as const,
    };
    const words = new Map(OUTCOMES.map((told) => [told, told]));
    const format = chosenFormat(pack, { columns: COLUMNS, words, outcome: "submitted" });
    return { sheet: { names: sheet.names, rows: rows.map(ownRow) }, format };
  });
}

/** A row with its amounts in their currencies. Work without a time has none, rather than no seconds. */
function ownRow({ line, cells }: Row): Row {
  const own = new Map([...cells].map(([name, text]) => [name, text.replace(HARMLESS, "")]));
  for (const name of ["listed", "paid"]) {
    const [amount, currency] = [own.get(name), own.get(`${name}currency`)];
    if (amount !== undefined && currency !== undefined) own.set(name, `${amount} ${currency}`);
  }
  if (own.get("countedseconds") === "0") own.delete("countedseconds");
  if (own.get("otherpaid")?.includes(";")) own.delete("otherpaid");
  return { line, cells: own };
}
