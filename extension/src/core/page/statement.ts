/** The site's own totals, where a page states them; null where what it pays does not read. */

import type { Statement } from "../../generated/contract";
import type { StatementReading } from "../../model/statement";
import { amountsAt } from "./fields";
import { placeOf, type Sight } from "./page_context";
import { islandsOf } from "./records";

export function readStatement(sight: Sight, statement: Statement): StatementReading | null {
  const islands = islandsOf(sight, statement.islands);
  const place = { ...placeOf(sight, sight.root, undefined), islands };
  const paid = amountsAt(statement.paid, place);
  return paid === null ? null : { paid, pending: amountsAt(statement.pending, place) };
}
