/** Mends or leaves a record that looks wrong, as the worker says. Where it was shared, it is sent again as a later revision. */

import type { Edge } from "../../platform/context";
import { strictly } from "../../platform/database";
import type { MendMessage } from "../messages";
import { agreement } from "../outbox/agreement";
import { enqueue } from "../outbox/outbox";
import { mended } from "./faults";
import { deleteRecord, putRecord } from "./keep";
import type { LedgerRecord } from "./record";

/** The record as it stands afterwards; null where it is gone. */
export async function mend(edge: Edge, { id, is_mended }: MendMessage): Promise<LedgerRecord | null> {
  const agreed = await agreement(edge.settings);
  return strictly(edge.database, async (writing) => {
    const fault = await writing.objectStore("faults").get(id);
    const record = await writing.objectStore("records").get(id);
    await writing.objectStore("faults").delete(id);
    if (record === undefined || fault === undefined) return record ?? null;
    const twin =
      fault.other === undefined ? undefined : await writing.objectStore("records").get(fault.other);
    const looked = { extension_version: edge.version, revision: record.revision + 1, refusal: null };
    const news = { ...(is_mended ? mended(record, fault, twin) : record), ...looked };
    if (is_mended && twin !== undefined) await deleteRecord(writing, twin);
    if (agreed(news.platform).sharing) await enqueue(writing, news);
    await putRecord(writing, news);
    return news;
  });
}

/** Sends again what the worker said of earlier records: nobody need look at it. */
export async function confirmSaid(edge: Edge): Promise<void> {
  for (const { id, kind } of await edge.database.getAll("faults")) {
    if (kind === "as_said") await mend(edge, { kind: "mend", id, is_mended: false });
  }
}
