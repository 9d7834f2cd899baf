/** Tallies on the disk: they follow every record in the transaction that changes it, so that a look-up reads no records. */

import type { Tally } from "../../model/tally";
import type { Writing } from "../../platform/database";
import type { LedgerRecord } from "../ledger/record";
import { monthOf } from "../ledger/sums";
import { addPart, contributionOf, namesOf, talliesOf } from "./history";
import { forgetHistory } from "./recent";

/** The store of tallies, as far as it is needed. */
interface Store {
  get: (name: string) => Promise<Tally | undefined>;
  put: (tally: Tally) => Promise<unknown>;
  delete: (name: string) => Promise<void>;
}

/** A record came, changed (`before` and `after`) or went. */
export async function followTallies(
  writing: Writing,
  before: LedgerRecord | undefined,
  after: LedgerRecord | null,
): Promise<void> {
  const store = writing.objectStore("tallies");
  const changed = [before, after].flatMap((record) => (record ? [record.task] : []));
  forgetHistory(writing.db, changed); // readers that come now wait for this transaction
  if (before) await change(store, before, -1);
  if (after) await change(store, after, 1);
}

async function change(store: Store, record: LedgerRecord, sign: 1 | -1): Promise<void> {
  const part = contributionOf(record);
  if (part === null) return;
  for (const name of Object.values(namesOf(record.task))) {
    const tally = (await store.get(name)) ?? { name, months: {} };
    addPart(tally, monthOf(record.day), part, sign);
    if (Object.keys(tally.months).length > 0) await store.put(tally);
    else await store.delete(name);
  }
}

/** The same for many new records at once: one write a tally. */
export async function addTallies(
  store: Pick<Store, "get" | "put">,
  records: readonly LedgerRecord[],
): Promise<void> {
  const fresh = [...talliesOf(records).values()];
  const stored = await Promise.all(fresh.map(({ name }) => store.get(name)));
  for (const [place, tally] of fresh.entries()) {
    for (const [month, part] of Object.entries(stored[place]?.months ?? {})) addPart(tally, month, part, 1);
  }
  await Promise.all(fresh.map((tally) => store.put(tally)));
}
